// Provisioning records at a key store that was never written. A refused record leaves nothing in the flash; a taken one is read
// back as it came.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>KeyStore.</summary>
internal sealed class ProvisioningTarget : FuzzTarget
{
    private static readonly byte[] Unknown = [.. Enumerable.Repeat((byte)0xEE, 16)];

    private Shelf _shelf = null!;
    private KeyStore _keys = null!;

    public ProvisioningTarget() => Begin();

    public override string What => "provisioning record at a device without keys";

    public override IReadOnlyList<string> NotReading => ["KeyStore.IsInForce", "KeyStore.ReplaceAnchors", "KeyStore.StoreAgain", "KeyStore.get_TrustOffset", "KeyStore.get_TrustSequence"];

    public override IReadOnlyList<string> Parsers => ["EsyncAgent.KeyStore"];

    public override int LengthMax => 700;

    public override int SmokeInputs => 5000;

    public override IReadOnlyList<byte[]> Words => [[1, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 3], [2, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 4], [0, 0, 0, 1], [0, 0, 0, 6]];

    public override long StepsMax(int length) => 300_000;

    public override long AllocationMax(int length) => 120_000;

    public override IReadOnlyList<byte[]> Seeds()
    {
        byte[] good = Samples.Provisioning;
        byte[] anchor = good[49..110];
        byte[] eight = [.. good[..48], 8, .. Enumerable.Range(0, 8).SelectMany(i => (byte[])[.. anchor[..13], (byte)i, .. anchor[14..]])];
        return [good, [.. good[..48], 1, .. anchor], eight, good[..60]];
    }

    // The count follows from the length.
    public override byte[] Repair(byte[] input)
    {
        if (input.Length < 110)
        {
            return input;
        }

        int count = (input.Length - 49) / 61;
        byte[] repaired = input[..(49 + (61 * count))];
        repaired[48] = (byte)count;
        return repaired;
    }

    public override void Run(byte[] input)
    {
        Require(!_keys.IsProvisioned && _keys.AnchorCount == 0 && !_keys.DeriveKey(KeyPurpose.VersionReport, new byte[32]), "a device without a record has keys");
        FotaError error = _keys.Provision(input, 0, input.Length);
        if (error != FotaError.None)
        {
            Require(error == FotaError.ProvisioningMalformed && !_keys.IsProvisioned && _shelf.NvM.IsIdle, "a refused record leaves something");
            return;
        }

        for (int i = 0; i < 2000 && !_shelf.NvM.IsIdle; i++)
        {
            _shelf.Turn();
        }

        bool isSame = _keys.IsProvisioned && _keys.AnchorCount == input[48] && _keys.DeviceId.AsSpan().SequenceEqual(input.AsSpan(0, 16))
            && _keys.AnchorData.AsSpan(0, input.Length).SequenceEqual(input);
        for (int i = 0; isSame && i < input[48]; i++)
        {
            isSame = _keys.FindAnchor(input, 49 + (61 * i) + 13) == i;
        }

        isSame &= _keys.FindAnchor(Unknown, 0) < 0 && _keys.DeriveKey(KeyPurpose.VersionReport, new byte[32]);
        Require(_keys.Provision(input, 0, input.Length) == FotaError.AlreadyProvisioned, "a device takes a second record");
        Begin();
        Require(isSame, "a record is another one once it is stored");
    }

    private void Begin()
    {
        _shelf = new Shelf();
        _keys = new KeyStore(_shelf.Csm, _shelf.NvM);
    }
}
