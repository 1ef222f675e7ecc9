// Reception in general: whatever frames come in whatever order, the receiver delivers exactly the messages that a plain reading
// of ISO 15765-2 §9.8.3 finds in them. The plain reading is written here a second time, over whole frames and without time.
using EsyncAgent;
using EsyncTests.AgentFirmware.CanIf;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.CanTp;

public sealed class CanTpPropertyTests
{
    private const int BufferLength = 64;

    // Mostly frames that fit: a reception that gets nowhere tells nothing.
    private static readonly Gen<byte[]> AnyFrame = Gen.Frequency(
        (2, Gen.Choose(0, 8).Select(length => Frame((byte)length, 1, 2, 3, 4, 5, 6, 7))),
        (3, Gen.Choose(6, 70).Select(length => Frame(0x10, (byte)length, 11, 12, 13, 14, 15, 16))),
        (6, Gen.Choose(0, 15).Select(number => Frame((byte)(0x20 | number), 21, 22, 23, 24, 25, 26, 27))),
        (10, Gen.Constant(Frame(0xFF, 31, 32, 33, 34, 35, 36, 37))),
        (1, Properties.Bytes(8, 8)));

    [Fact]
    public void Exactly_the_messages_that_the_frames_spell_are_delivered()
    {
        Properties.Hold(AnyFrame.ArrayOf(40), frames =>
        {
            Listener listener = new();
            PlainReading plain = new();
            foreach (byte[] any in frames)
            {
                // FF stands for the consecutive frame that is due.
                byte[] frame = [.. any];
                frame[0] = any[0] == 0xFF ? (byte)(0x20 | plain.Due) : any[0];
                listener.Hear(frame);
                plain.Hear(frame);
            }

            Assert.Equal(plain.Messages, listener.Messages);
        });
    }

    private static byte[] Frame(params byte[] bytes) => bytes;

    private sealed class PlainReading
    {
        private List<byte>? _message;
        private int _length;

        public List<string> Messages { get; } = [];

        public int Due { get; private set; }

        public void Hear(byte[] frame)
        {
            int first = frame[0], length = ((first & 15) << 8) | frame[1];
            switch (first >> 4)
            {
                case 0 when first is >= 1 and <= 7:
                    _message = null;
                    Messages.Add(Convert.ToHexString(frame, 1, first));
                    break;
                case 1 when length >= 8:
                    _message = length <= BufferLength ? [.. frame[2..]] : null;
                    (_length, Due) = (length, 1);
                    break;
                case 1 when length == 0 && BigEndian.ReadU32(frame, 2) > 0xFFF:
                    _message = null;
                    break;
                case 2 when _message is not null:
                    Follow(frame);
                    break;
            }
        }

        private void Follow(byte[] frame)
        {
            if ((frame[0] & 15) != Due)
            {
                _message = null;
                return;
            }

            _message!.AddRange(frame.Skip(1).Take(_length - _message.Count));
            Due = (Due + 1) & 15;
            if (_message.Count == _length)
            {
                Messages.Add(Convert.ToHexString([.. _message]));
                _message = null;
            }
        }
    }

    private sealed class Listener : ICanTpUpper
    {
        private readonly byte[] _buffer = new byte[BufferLength];
        private readonly ScriptedCan _can = new();
        private readonly EsyncAgent.CanIf _canIf;
        private readonly EsyncAgent.CanTp _canTp;

        public Listener()
        {
            _canIf = new EsyncAgent.CanIf(new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8 }, _can);
            _canTp = new EsyncAgent.CanTp(new CanTpConfig(), _canIf);
            _canTp.Attach(this);
        }

        public List<string> Messages { get; } = [];

        public void Hear(byte[] frame)
        {
            _can.Arrive(0x7E0, false, frame);
            _canIf.MainFunction(1);
            _canTp.MainFunction(1);
        }

        public byte[] StartOfReception(bool isFunctional, uint length) => length <= BufferLength ? _buffer : null!;

        public void RxIndication(bool isFunctional, uint length, CanTpResult result)
        {
            if (result == CanTpResult.Ok)
            {
                Messages.Add(Convert.ToHexString(_buffer, 0, (int)length));
            }
        }

        public void TxConfirmation(CanTpResult result)
        {
        }
    }
}
