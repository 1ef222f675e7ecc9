// Application bundles at the host's reader and at the board's receiver, which gets them in pieces; the two must agree.
// Tests: tests/Fuzz/Checks.
using System.Buffers.Binary;
using EsyncAgent.Drivers;
using EsyncSim.Packages;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>ApplicationBundle, BundleReceiver.</summary>
internal sealed class BundleTarget : FuzzTarget
{
    private readonly BundleReceiver _receiver = new();

    public override string What => "application bundle at the host's reader and the board's receiver, which must agree";

    public override IReadOnlyList<string> NotReading => ["ApplicationBundle.Build", "ApplicationBundle.RequireText"];

    public override IReadOnlyList<string> Parsers => ["EsyncAgent.Drivers.BundleReceiver", "EsyncSim.Packages.ApplicationBundle"];

    public override int LengthMax => 1024;

    public override int SmokeInputs => 10_000;

    public override IReadOnlyList<byte[]> Words => ["ESAB"u8.ToArray(), [0, 0, 0, 1], [0, 0, 0, 104], [0, 0, 0, 116], [0, 0, 0, 128]];

    public override long StepsMax(int length) => 30_000 + (40 * length);

    public override long AllocationMax(int length) => 30_000 + (16 * length);

    public override IReadOnlyList<byte[]> Seeds() =>
    [
        Samples.Bundle(BundleRuntime.Net10, [1, 2, 3, 4, 5]),
        Samples.Bundle(BundleRuntime.NanoFramework, new byte[40], new byte[3], new byte[1]),
        Samples.Bundle(BundleRuntime.Net10, [.. Enumerable.Range(1, 8).Select(i => new byte[i])]),
    ];

    public override byte[] Repair(byte[] input)
    {
        byte[] repaired = [.. input];
        if (input.Length >= 12)
        {
            BinaryPrimitives.WriteInt32BigEndian(repaired.AsSpan(8), input.Length);
        }

        return repaired;
    }

    public override void Run(byte[] input)
    {
        string? reason = ApplicationBundle.TryParse(input, out ApplicationBundle? bundle);
        Require((reason is null) == (bundle is not null), "a verdict without a reason");
        _receiver.Begin((uint)input.Length);
        int step = 1 + (input.Length % 97);
        bool isTaken = true;
        for (int at = 0; at < input.Length && isTaken; at += step)
        {
            isTaken = _receiver.Append(input, at, Math.Min(step, input.Length - at));
        }

        // A section without bytes is one that the host's reader knows and a board has no use for.
        bool isEmpty = bundle is not null && bundle.Assemblies.Any(assembly => assembly.Length == 0);
        Require(isEmpty || _receiver.IsComplete == (bundle is not null), "host and board differ on what is a bundle");
        if (bundle is null || isEmpty)
        {
            return;
        }

        bool isSame = _receiver.EntryClass == bundle.EntryClass && _receiver.ContractVersion == bundle.ContractVersion
            && _receiver.Runtime == (byte)bundle.Runtime && _receiver.Assemblies.Length == bundle.Assemblies.Count;
        for (int i = 0; isSame && i < bundle.Assemblies.Count; i++)
        {
            isSame = bundle.Assemblies[i].AsSpan().SequenceEqual(_receiver.Assemblies[i]);
        }

        Require(isSame, "host and board read different things out of one bundle");
        _receiver.Release();
    }
}
