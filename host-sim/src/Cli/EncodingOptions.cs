// The options of `package build` that make a package small or secret: which forms of the image it holds besides the full one,
// and for whom they are encrypted.
// Invariant: every older package is read, and every one that cannot be used is named, before anything is made or signed.
// Tests: tests/host-sim/Cli/PackageEncodingTests.cs.
using System.CommandLine;
using EsyncSim.Delta;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>--compress, --delta-from, --for-fleet, --window-bits and --encrypt-for.</summary>
internal sealed class EncodingOptions
{
    private const long ListLengthMax = 1024 * 1024;

    private readonly Option<bool> _compress = new("--compress") { Description = "Also the compressed image (heatshrink): for ECUs that run what no patch is for" };
    private readonly Option<string[]> _deltaFrom = new("--delta-from")
    {
        HelpName = "OLD",
        Description = "Also a patch for ECUs that run this older package (.esp with its full image); once for each. It makes an entry for each entry of OLD, since an ECU knows what it runs by the entry that it took",
    };

    private readonly Option<string?> _forFleet = new("--for-fleet")
    {
        HelpName = "DIR|LIST",
        Description = "Everything for a fleet: the compressed image, and patches from all packages in a folder (*.esp), or in a text file with one path a line, relative to that file (# begins a comment)",
    };

    private readonly Option<int?> _windowBits = new("--window-bits")
    {
        HelpName = "N",
        Description = $"Largest window to try, as a power of two, {HeatshrinkParameters.WindowBitsMin} to {PayloadEncoding.WindowBitsMax}: so many bytes an ECU keeps to decompress. Without it what the ECU has in nf.config, or {EncodingRequest.WindowBitsDefault}",
    };

    private readonly Option<string[]> _encryptFor = new("--encrypt-for")
    {
        HelpName = "FILE",
        Description = $"Encrypt everything, the full image too, for this device (its file from `esync provision`); once for each, at most {EncryptionInfo.RecipientCountMax}. No other device can install the package",
    };

    /// <summary>Gives the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_compress);
        command.Add(_deltaFrom);
        command.Add(_forFleet);
        command.Add(_windowBits);
        command.Add(_encryptFor);
    }

    /// <summary>What the user wants, read and checked.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="request">The package.</param>
    /// <param name="target">The ECU that it is for; null when none is named.</param>
    /// <param name="notes">Takes what the user should know.</param>
    /// <exception cref="UserErrorException">It cannot be had.</exception>
    public EncodingRequest Read(ParseResult result, PackageRequest request, PackageTarget? target, List<string> notes)
    {
        string[] named = result.GetValue(_deltaFrom) ?? [];
        bool isCompressed = result.GetValue(_compress);
        string[] fleet = result.GetValue(_forFleet) is string place ? FleetPaths(place) : [];
        DeviceFile[] recipients = [.. (result.GetValue(_encryptFor) ?? []).Select(DeviceFile.Load)];
        RequireTaken(target, isCompressed, named.Length > 0, recipients);
        DeltaBase[] bases = LoadAll([.. named, .. fleet], request, recipients);
        DeltaBase? useless = bases.Take(named.Length).FirstOrDefault(item => IsSameImage(item, request));
        if (useless is not null)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--delta-from {useless.Path}: it has the same image as the new package; a patch from it would change nothing");
        }

        notes.AddRange(bases.Where(item => IsSameImage(item, request)).Select(item => $"{item.Path} has the same image as the new package; no patch is made from it"));
        return new EncodingRequest
        {
            IsCompressed = isCompressed || result.GetValue(_forFleet) is not null,
            Bases = DeltaBase.Merge(bases.Where(item => !IsSameImage(item, request))),
            WindowBitsMax = WindowBitsOf(result, target),
            Encodings = target?.Encodings ?? EncodingRequest.AllEncodings,
            Recipients = recipients,
        };
    }

    // Of what is named one by one nothing is left out in silence; of a fleet the ECU gets what it takes.
    private static void RequireTaken(PackageTarget? target, bool isCompressed, bool isDelta, DeviceFile[] recipients)
    {
        byte encryption = 0;
        if (recipients.Length > 0)
        {
            ContentEncryption.RequireRecipients(recipients);
            encryption = PayloadEncoding.Encrypted;
            target?.RequireEncoding(encryption);
            target?.RequireRecipients(recipients.Length);
        }

        if (isCompressed)
        {
            target?.RequireEncoding((byte)((PayloadEncoding.Heatshrink << 4) | encryption));
        }

        if (isDelta)
        {
            target?.RequireEncoding((byte)((PayloadEncoding.Delta << 4) | encryption));
        }
    }

    private int WindowBitsOf(ParseResult result, PackageTarget? target)
    {
        int most = Math.Min(target?.WindowBitsMax ?? PayloadEncoding.WindowBitsMax, PayloadEncoding.WindowBitsMax);
        int bits = result.GetValue(_windowBits) ?? (target is null ? EncodingRequest.WindowBitsDefault : most);
        if (bits is < HeatshrinkParameters.WindowBitsMin or > PayloadEncoding.WindowBitsMax)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--window-bits {bits}: a window has {HeatshrinkParameters.WindowBitsMin} to {PayloadEncoding.WindowBitsMax} bits");
        }

        return bits <= most ? bits : throw new UserErrorException(ExitCode.BadUsage, $"--window-bits {bits}: {target!.Name} has room for a window of {most} bits, says nf.config");
    }

    private static string[] FleetPaths(string place)
    {
        string[] paths = Directory.Exists(place) ? [.. Directory.EnumerateFiles(place, "*.esp").Order(StringComparer.Ordinal)] : ListedPaths(place);
        return paths.Length > 0 ? paths : throw new UserErrorException(ExitCode.BadFile, $"--for-fleet {place}: there is no package in it; for a first version say --compress");
    }

    private static string[] ListedPaths(string list)
    {
        string text = System.Text.Encoding.UTF8.GetString(AtomicFile.ReadInput(list, "list of packages", ListLengthMax));
        string folder = Path.GetDirectoryName(Path.GetFullPath(list))!;
        return [.. text.Split('\n').Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0).Select(line => Path.Combine(folder, line))];
    }

    // All that is wrong at once: a fleet's folder is put in order in one go.
    private static DeltaBase[] LoadAll(string[] paths, PackageRequest request, DeviceFile[] devices)
    {
        List<DeltaBase> bases = [];
        List<string> refusals = [];
        foreach (string path in paths)
        {
            try
            {
                DeltaBase item = DeltaBase.Load(path, devices);
                string? reason = IsSameImage(item, request) ? null : item.ReasonAgainst(request);
                refusals.AddRange(reason is null ? [] : [reason]);
                bases.Add(item);
            }
            catch (UserErrorException error)
            {
                refusals.Add(error.Message);
            }
        }

        return refusals.Count == 0 ? [.. bases] : throw new UserErrorException(ExitCode.BadFile, $"no patch can be made: {string.Join("; ", refusals)}");
    }

    private static bool IsSameImage(DeltaBase item, PackageRequest request) => item.Image.AsSpan().SequenceEqual(request.Image);
}
