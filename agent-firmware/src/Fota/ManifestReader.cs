// Reads an authenticated manifest: version, sequence number, the common section and the order of the command sequences.
// What it accepts is exactly the device profile; a manifest that says anything else, or the same in another way, is
// refused, so that nothing that was signed is ever passed over in silence.
// Invariants: only called once signatures and digest are right; one stretch of the flash per call.
// Must not know what this ECU is: comparing is ManifestVerifier's and Fota's work.
// Clause: PROTOCOL.md "Manifest"; draft-ietf-suit-manifest-37 §8.4.
// Tests: tests/agent-firmware/Fota/ManifestReaderTests.
namespace EsyncAgent;

/// <summary>Parser of the manifest; the install sequence is <see cref="InstallReader"/>'s.</summary>
internal sealed class ManifestReader
{
    private const uint MemberCount = 6;

    private enum Step : byte
    {
        Head,
        Common,
        Sequences,
        Install,
    }

    private static readonly byte[] ComponentName = { (byte)'a', (byte)'p', (byte)'p' };

    private readonly ManifestCursor _cursor;
    private readonly Manifest _manifest;
    private readonly InstallReader _install;
    private byte[] _recipient;
    private uint _position;
    private uint _commonEnd;
    private Step _step;

    /// <summary>Takes encrypted manifests of at most <paramref name="recipientCountMax"/> recipients, none with 0.</summary>
    internal ManifestReader(ManifestCursor cursor, Manifest manifest, byte recipientCountMax)
    {
        _cursor = cursor;
        _manifest = manifest;
        _install = new InstallReader(cursor, manifest, recipientCountMax);
    }

    /// <summary>Whether the tables have the lengths that the image and the transfer need; completes the manifest's counts.</summary>
    internal FotaError CheckTables()
    {
        return _install.CheckTables();
    }

    /// <summary>
    /// Begins with the manifest at a position of the envelope; it goes to the envelope's end. A content key is looked for
    /// that is wrapped for <paramref name="recipient"/>, a device identifier; the array is read until the end.
    /// </summary>
    internal void Begin(uint position, byte[] recipient)
    {
        _recipient = recipient;
        _position = position;
        _step = Step.Head;
    }

    /// <summary>Reads one stretch. NotOk: the cursor has the reason.</summary>
    internal StdReturn MainFunction()
    {
        if (_step == Step.Install)
        {
            return _install.MainFunction();
        }

        if (_cursor.Prepare(_position))
        {
            switch (_step)
            {
                case Step.Head:
                    ReadHead();
                    break;
                case Step.Common:
                    ReadCommon();
                    break;
                default:
                    ReadSequences();
                    break;
            }

            _position = _cursor.Reader.Position;
            _cursor.IsGood(FotaError.ManifestMalformed);
        }

        return _cursor.Error == FotaError.None ? StdReturn.Pending : StdReturn.NotOk;
    }

    private void ReadHead()
    {
        CanonicalCborReader reader = _cursor.Reader;
        uint start = reader.Position;
        uint count = reader.ReadMap();
        _cursor.ExpectKey(0, SuitKey.Version);
        uint versionStart = reader.Position;
        uint version = reader.ReadUnsigned(uint.MaxValue);
        if (!reader.IsFailed && version != 1)
        {
            _cursor.Refuse(FotaError.ManifestVersionUnknown, versionStart);
        }

        if (!reader.IsFailed && count != MemberCount)
        {
            _cursor.Refuse(count > MemberCount ? FotaError.ManifestUnsupported : FotaError.ManifestMalformed, start);
        }

        _cursor.ExpectKey(SuitKey.Version, SuitKey.SequenceNumber);
        _manifest.SequenceNumber = reader.ReadUnsigned(uint.MaxValue);
        _cursor.ExpectKey(SuitKey.SequenceNumber, SuitKey.Common);
        _commonEnd = reader.EnterByteString(_cursor.Length);
        _step = Step.Common;
    }

    private void ReadCommon()
    {
        CanonicalCborReader reader = _cursor.Reader;
        reader.ExpectMap(2);
        _cursor.ExpectKey(0, SuitKey.Components);
        ReadComponents();
        _cursor.ExpectKey(SuitKey.Components, SuitKey.SharedSequence);
        uint end = reader.EnterByteString(_commonEnd);
        ReadShared(end);
        reader.ExpectEnd(end);
        reader.ExpectEnd(_commonEnd);
        _step = Step.Sequences;
    }

    // One component with one name: anything else of the right form is a component that we do not know.
    private void ReadComponents()
    {
        CanonicalCborReader reader = _cursor.Reader;
        uint start = reader.Position;
        uint components = reader.ReadArray();
        uint segments = reader.ReadArray();
        uint nameEnd = reader.EnterByteString(_commonEnd);
        if (reader.IsFailed)
        {
            return;
        }

        if (components != 1 || segments != 1 || !reader.TryTake(ComponentName, nameEnd))
        {
            _cursor.Refuse(FotaError.ManifestUnsupported, start);
        }
    }

    // 20 {1, 2, 3, 14, (24)}, 15 […], 1, 2, (24): parameters, component slots, and the conditions on them.
    private void ReadShared(uint end)
    {
        CanonicalCborReader reader = _cursor.Reader;
        uint start = reader.Position;
        uint length = reader.ReadArray();
        bool isForOneDevice = length == 10;
        if (!reader.IsFailed && length != 8 && !isForOneDevice)
        {
            _cursor.Refuse(FotaError.ManifestUnsupported, start);
        }

        _cursor.ExpectCommand(SuitKey.DirectiveOverride);
        ReadSharedParameters(end);
        if (_manifest.HasDeviceId != isForOneDevice)
        {
            reader.Fail(start);
        }

        _cursor.ExpectCommand(SuitKey.DirectiveTryEach);
        ReadSlots(end);
        _cursor.ExpectReported(SuitKey.ConditionVendor);
        _cursor.ExpectReported(SuitKey.ConditionClass);
        if (isForOneDevice)
        {
            _cursor.ExpectReported(SuitKey.ConditionDevice);
        }
    }

    private void ReadSharedParameters(uint end)
    {
        CanonicalCborReader reader = _cursor.Reader;
        uint start = reader.Position;
        uint count = reader.ReadMap();
        if (!reader.IsFailed && (count < 4 || count > 5))
        {
            _cursor.Refuse(count < 4 ? FotaError.ManifestMalformed : FotaError.ManifestUnsupported, start);
        }

        _cursor.ExpectKey(0, SuitKey.ParameterVendor);
        reader.ReadBytes(_manifest.VendorId, _manifest.VendorId.Length);
        _cursor.ExpectKey(SuitKey.ParameterVendor, SuitKey.ParameterClass);
        reader.ReadBytes(_manifest.ClassId, _manifest.ClassId.Length);
        _cursor.ExpectKey(SuitKey.ParameterClass, SuitKey.ParameterImageDigest);
        _cursor.ReadDigest(_manifest.ImageDigest, end);
        _cursor.ExpectKey(SuitKey.ParameterImageDigest, SuitKey.ParameterImageSize);
        _manifest.ImageLength = reader.ReadUnsigned(uint.MaxValue);
        _manifest.HasDeviceId = count == 5;
        if (_manifest.HasDeviceId)
        {
            _cursor.ExpectKey(SuitKey.ParameterImageSize, SuitKey.ParameterDevice);
            reader.ReadBytes(_manifest.DeviceId, _manifest.DeviceId.Length);
        }
    }

    // One or two branches «20 {5: slot}, 5», each slot once.
    private void ReadSlots(uint end)
    {
        CanonicalCborReader reader = _cursor.Reader;
        uint start = reader.Position;
        uint count = reader.ReadArray();
        if (!reader.IsFailed && (count < 1 || count > 2))
        {
            _cursor.Refuse(FotaError.ManifestUnsupported, start);
            return;
        }

        for (uint i = 0; i < count; i++)
        {
            uint branchEnd = reader.EnterByteString(end);
            _cursor.ExpectSequence(4);
            _cursor.ExpectCommand(SuitKey.DirectiveOverride);
            reader.ExpectMap(1);
            _cursor.ExpectCommand(SuitKey.ParameterComponentSlot);
            uint slotStart = reader.Position;
            uint slot = reader.ReadUnsigned(uint.MaxValue);
            if (slot > 1)
            {
                _cursor.Refuse(FotaError.ManifestUnsupported, slotStart);
                return;
            }

            byte mask = (byte)(1 << (int)slot);
            if ((_manifest.SlotMask & mask) != 0)
            {
                reader.Fail(slotStart);
            }

            _manifest.SlotMask |= mask;
            _cursor.ExpectReported(SuitKey.ConditionComponentSlot);
            reader.ExpectEnd(branchEnd);
        }
    }

    // validate «3», invoke «23», and the head of install, which is the manifest's last member.
    private void ReadSequences()
    {
        CanonicalCborReader reader = _cursor.Reader;
        _cursor.ExpectKey(SuitKey.Common, SuitKey.Validate);
        ReadSequence(SuitKey.ConditionImageMatch);
        _cursor.ExpectKey(SuitKey.Validate, SuitKey.Invoke);
        ReadSequence(SuitKey.DirectiveInvoke);
        _cursor.ExpectKey(SuitKey.Invoke, SuitKey.Install);
        uint start = reader.Position;
        if (reader.EnterByteString(_cursor.Length) != _cursor.Length)
        {
            reader.Fail(start);
        }

        _install.Begin(reader.Position, _recipient);
        _step = Step.Install;
    }

    private void ReadSequence(int command)
    {
        CanonicalCborReader reader = _cursor.Reader;
        uint end = reader.EnterByteString(_cursor.Length);
        _cursor.ExpectSequence(2);
        _cursor.ExpectReported(command);
        reader.ExpectEnd(end);
    }
}
