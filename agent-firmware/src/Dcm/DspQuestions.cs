// Questions to the running application, which answers one at a time and may take several cycles: a request and the periodic
// scheduler must not take each other's answers.
// Invariants: who has asked is the only one to be answered until he has his answer or gives up; when a request waits, its
// question is the next one; the application writes into a buffer of its own.
// Must not know what is asked for. How long an application may take is bounded by its loader, which then says that it is not there.
// Tests: tests/agent-firmware/Dcm/DspPeriodicTests.cs.
namespace EsyncAgent;

/// <summary>Who asks the application.</summary>
public enum DspAsker : byte
{
    /// <summary>Nobody.</summary>
    Nobody = 0,

    /// <summary>A request that is being served.</summary>
    Request = 1,

    /// <summary>The periodic scheduler.</summary>
    Periodic = 2,
}

/// <summary>Asks the application, for one asker at a time.</summary>
public sealed class DspQuestions
{
    /// <summary>Longest answer in bytes.</summary>
    public const int AnswerLengthMax = 64;

    private readonly IApplicationLoader _application;
    private readonly byte[] _answer = new byte[AnswerLengthMax];
    private DspAsker _holder;
    private bool _isRequestWaiting;

    /// <summary>Makes it over the application.</summary>
    public DspQuestions(IApplicationLoader application)
    {
        _application = application;
    }

    /// <summary>Asks; returns the length of the answer, or <see cref="DspRecords.NotThere"/> or <see cref="DspRecords.NotYet"/>.</summary>
    public int Ask(DspAsker asker, ushort identifier, byte[] into, int offset)
    {
        bool isTurn = _holder == asker || (_holder == DspAsker.Nobody && (asker == DspAsker.Request || !_isRequestWaiting));
        if (!isTurn)
        {
            _isRequestWaiting = _isRequestWaiting || asker == DspAsker.Request;
            return DspRecords.NotYet;
        }

        _isRequestWaiting = _isRequestWaiting && asker != DspAsker.Request;
        int length = _application.ReadDataByIdentifier(identifier, _answer, 0);
        _holder = length == DspRecords.NotYet ? asker : DspAsker.Nobody;
        if (length < 0 || length > AnswerLengthMax)
        {
            return length == DspRecords.NotYet ? length : DspRecords.NotThere;
        }

        System.Array.Copy(_answer, 0, into, offset, length);
        return length;
    }

    /// <summary>Nobody waits any more for what <paramref name="asker"/> asked.</summary>
    public void GiveUp(DspAsker asker)
    {
        if (_holder == asker)
        {
            _holder = DspAsker.Nobody;
        }
    }
}
