// Keys and proofs as the profile says: from the device secret, or by a program of whoever owns the ECU.
// Invariant: the program is given the seed and nothing else, has ten seconds, and prints the key in hexadecimal; whatever
// else it does ends the case as inconclusive, with its words.
// Clauses: ISO 14229-1:2020 §10.4 (27), §10.6 (29); PROTOCOL.md, "Access".
// Tests: tests/host-sim/Conformance/ConformanceAccessTests.cs.
using System.ComponentModel;
using System.Diagnostics;
using EsyncSim.Client;
using EsyncSim.Config;

namespace EsyncSim.Conformance;

/// <summary>Makes keys and proofs.</summary>
internal sealed class ConformanceAccess(ConformanceProfile profile, DeviceCredentials? secret)
{
    private const int ProgramMsMax = 10_000;
    private const int ChallengeAt = 21;
    private const int ChallengeEnd = 37;

    /// <summary>True when one of the two services can be opened.</summary>
    public bool IsPossible => CanAuthenticate || CanUnlock;

    /// <summary>True when service 29 can be opened.</summary>
    public bool CanAuthenticate => profile.Authentication is { Key: AccessKeyKind.Device } && secret is not null;

    /// <summary>True when service 27 can be opened.</summary>
    public bool CanUnlock => profile.SecurityAccess is { } access
        && (access.Key == AccessKeyKind.Program || (access.Key == AccessKeyKind.Device && secret is not null));

    /// <summary>The key for a seed of service 27.</summary>
    public byte[] Key(byte[] seed) => profile.SecurityAccess switch
    {
        { Key: AccessKeyKind.Device } when secret is not null => secret.SecurityAccessKey(seed),
        { Key: AccessKeyKind.Program } access => RunProgram(access.Program, seed),
        _ => throw new NotApplicableException("the profile does not say how keys of service 27 are made"),
    };

    /// <summary>The request 29 06 with the right proof for a challenge.</summary>
    public byte[] ProofRequest(byte[] challenge, byte[] challengeClient)
    {
        AuthenticationProfile authentication = profile.Authentication ?? throw new NotApplicableException("the profile names no service 29");
        byte[] proof = (secret ?? throw new NotApplicableException("the device secret is not known (--device)")).AuthenticationProof(challenge, challengeClient);
        return [0x29, 0x06, .. authentication.Algorithm, 0x00, (byte)proof.Length, .. proof, 0x00, (byte)challengeClient.Length, .. challengeClient, 0x00, 0x00];
    }

    /// <summary>Opens access, by 29 where it can, else by 27; null when it is open, else what came.</summary>
    public Task<string?> OpenAsync(ConformanceScene scene) => CanAuthenticate ? AuthenticateAsync(scene) : UnlockAsync(scene);

    /// <summary>Opens access by service 29; null when it is open, else what came.</summary>
    public async Task<string?> AuthenticateAsync(ConformanceScene scene)
    {
        byte[] algorithm = profile.Authentication?.Algorithm ?? throw new NotApplicableException("the profile names no service 29");
        Exchange challenge = await scene.ExchangeAsync([0x29, 0x05, 0x00, .. algorithm]);
        if (!challenge.IsPositive || challenge.Response!.Length < ChallengeEnd)
        {
            return $"challenge: {challenge.Text}";
        }

        Exchange proof = await scene.ExchangeAsync(ProofRequest(challenge.Response[ChallengeAt..ChallengeEnd], scene.Random(ChallengeEnd - ChallengeAt)));
        return proof.IsPositive ? null : $"proof: {proof.Text}";
    }

    /// <summary>Opens access by service 27; null when it is open, else what came.</summary>
    public async Task<string?> UnlockAsync(ConformanceScene scene)
    {
        byte level = profile.SecurityAccess?.Level ?? throw new NotApplicableException("the profile names no service 27");
        Exchange seed = await scene.ExchangeAsync([0x27, level]);
        if (!seed.IsPositive)
        {
            return $"seed: {seed.Text}";
        }

        byte[] bytes = seed.Response![2..];
        if (bytes.All(value => value == 0))
        {
            return null; // a seed of zeros says that this level is open already
        }

        Exchange key = await scene.ExchangeAsync([0x27, (byte)(level + 1), .. Key(bytes)]);
        return key.IsPositive ? null : $"key: {key.Text}";
    }

    private static byte[] RunProgram(string commandLine, byte[] seed)
    {
        string[] words = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ProcessStartInfo start = new(words[0]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string word in words.Skip(1).Append(Convert.ToHexString(seed)))
        {
            start.ArgumentList.Add(word);
        }

        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(ProgramMsMax))
            {
                process.Kill(entireProcessTree: true);
                throw new InconclusiveException($"the key program `{commandLine}` has not ended after ten seconds");
            }

            string text = output.GetAwaiter().GetResult().Trim();
            return process.ExitCode == 0 && ConfigValues.TryHexBytes(text, out byte[] key)
                ? key
                : throw new InconclusiveException($"the key program `{commandLine}` ended with {process.ExitCode} and printed no key: {text} {error.GetAwaiter().GetResult().Trim()}");
        }
        catch (Win32Exception cannot)
        {
            throw new InconclusiveException($"the key program `{commandLine}` cannot be started: {cannot.Message}");
        }
    }
}
