// The diagnostic session, its S3 timer and what ends with it (ISO 14229-2:2013 §7.3, ISO 14229-1:2020 §10.2).
// Every accepted DiagnosticSessionControl, also into the session that is active already, and the end by S3 take access,
// what depends on it (outputs that 2F holds) and an unfinished transfer with them; what the next session does not offer ends
// (identifiers defined by 2C; DspPeriodic sees to itself); the default session also restores what 28 and 85 had switched.
// Invariant: S3 runs only while nothing is received, served or sent; an idle default session costs nothing.
// Must not know how requests look.
// Tests: tests/agent-firmware/Dcm/SessionTimingTests.cs, Sid10DiagnosticSessionControlTests.cs.
namespace EsyncAgent;

/// <summary>The active session and a scheduled reset.</summary>
public sealed class DslSession
{
    private const byte EnableRxAndTx = 0x00;
    private const byte AllCommunication = 0x03;

    private readonly AccessControl _access;
    private readonly DspTransfer _transfer;
    private readonly Dem _dem;
    private readonly OutputTable _outputs;
    private readonly DspDynamics _dynamics;
    private readonly IModeControl _modes;
    private readonly uint _s3Ms;
    private int _activeMask = 1 << DcmSession.Default;
    private uint _lastActivityMs;
    private bool _isResetHard;

    /// <summary>Makes the session control, in the default session.</summary>
    public DslSession(DcmConfig config, AccessControl access, DspTransfer transfer, Dem dem, OutputTable outputs, DspDynamics dynamics, IModeControl modes)
    {
        _access = access;
        _transfer = transfer;
        _dem = dem;
        _outputs = outputs;
        _dynamics = dynamics;
        _modes = modes;
        _s3Ms = config.S3ServerMs;
    }

    /// <summary>Active session, a value of <see cref="DcmSession"/>.</summary>
    public byte Active { get; private set; } = DcmSession.Default;

    /// <summary>True after 11 was accepted, until its response is out of the way.</summary>
    public bool IsResetScheduled { get; private set; }

    /// <summary>True when the active session is one of <paramref name="mask"/>.</summary>
    public bool IsIn(byte mask)
    {
        return (_activeMask & mask) != 0;
    }

    /// <summary>Enters a session, or enters it anew.</summary>
    public void Enter(byte session)
    {
        _access.Drop();
        _transfer.Abort();
        _outputs.Release();
        if (session != DcmSession.Extended)
        {
            _dynamics.ClearAll();
        }

        if (session == DcmSession.Default)
        {
            _dem.IsStorageEnabled = true;
            _modes.CommunicationControl(EnableRxAndTx, AllCommunication);
        }

        Active = session;
        _activeMask = 1 << session;
    }

    /// <summary>Notes that the ECU is to be reset once the response to 11 has left.</summary>
    public void ScheduleReset(bool isHard)
    {
        IsResetScheduled = true;
        _isResetHard = isHard;
    }

    /// <summary>Ends the session and asks for the reset that was scheduled.</summary>
    public void Reset()
    {
        IsResetScheduled = false;
        Enter(DcmSession.Default);
        _modes.RequestReset(_isResetHard);
    }

    /// <summary>A request was served or answered in this cycle: S3 counts from now.</summary>
    public void NoteActivity(uint nowMs)
    {
        _lastActivityMs = nowMs;
    }

    /// <summary>Watches S3. Only called in a session other than the default one.</summary>
    /// <param name="nowMs">Time.</param>
    /// <param name="isActive">True while a request is received, served or answered.</param>
    public void MainFunction(uint nowMs, bool isActive)
    {
        if (isActive)
        {
            NoteActivity(nowMs);
        }
        else if (nowMs - _lastActivityMs >= _s3Ms)
        {
            Enter(DcmSession.Default);
        }
    }
}
