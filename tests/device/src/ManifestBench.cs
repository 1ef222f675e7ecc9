// A provisioned ECU's verifier with an envelope in its staging slot.
using EsyncAgent.Drivers;
using EsyncAgent.Emulator;
using nanoFramework.TestFramework;

namespace EsyncAgent.DeviceTests;

/// <summary>Everything that one verification needs.</summary>
internal sealed class ManifestBench
{
    private const int StepsMax = 20000;
    private const int PageSize = 256;
    private const int AnchorLength = 61;
    private const int CountOffset = 48;

    private readonly MemoryBench _memory = new MemoryBench(World.NewFlash());
    private readonly ManifestVerifier _verifier;
    private readonly uint _staging;

    /// <summary>A bench whose ECU trusts the emulator's author and oem, or nobody.</summary>
    internal ManifestBench(FotaConfig config, byte[] envelope, bool isProvisioned)
    {
        Csm csm = new Csm(new ManagedCrypto());
        KeyStore keys = new KeyStore(csm, _memory.NvM);
        if (isProvisioned)
        {
            byte[] record = new byte[CountOffset + 1 + (2 * AnchorLength)];
            record[CountOffset] = 2;
            PutAnchor(record, 0, TrustRole.Author, Anchors.CreateAuthor());
            PutAnchor(record, 1, TrustRole.Oem, Anchors.CreateOem());
            Assert.AreEqual((int)FotaError.None, (int)keys.Provision(record, 0, record.Length));
            _memory.Settle();
        }

        _staging = _memory.Fls.Map.Staging.Start;
        Program(envelope);
        _verifier = new ManifestVerifier(config, _memory.Fls, csm, keys, new byte[BankWriter.ChunkLength]);
    }

    /// <summary>What the last good envelope said.</summary>
    internal Manifest Manifest
    {
        get { return _verifier.Manifest; }
    }

    /// <summary>Verifies so many bytes of the slot; None when they are authentic and for this ECU.</summary>
    internal FotaError Verify(int length)
    {
        _verifier.Begin(_staging, (uint)length);
        StdReturn result = StdReturn.Pending;
        for (int i = 0; i < StepsMax && result == StdReturn.Pending; i++)
        {
            result = _verifier.MainFunction(0);
            _memory.Fls.MainFunction(0);
        }

        Assert.IsTrue(result != StdReturn.Pending, "the verification does not end");
        return _verifier.Error;
    }

    private static void PutAnchor(byte[] record, int index, byte role, byte[] publicKey)
    {
        int offset = CountOffset + 1 + (index * AnchorLength);
        record[offset] = role;
        System.Array.Copy(publicKey, 0, record, offset + 1, publicKey.Length);
    }

    private void Program(byte[] envelope)
    {
        byte[] page = new byte[PageSize];
        for (int position = 0; position < envelope.Length; position += PageSize)
        {
            int rest = envelope.Length - position;
            System.Array.Copy(envelope, position, page, 0, rest < PageSize ? rest : PageSize);
            Assert.IsTrue(_memory.Flash.StartProgram(_staging + (uint)position, page, 0, PageSize));
            _memory.Flash.Poll();
        }
    }
}
