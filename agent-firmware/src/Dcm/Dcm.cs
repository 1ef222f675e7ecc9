// Diagnostic communication manager: the ISO 14229 server of the ECU. Entry class of the folder; composes Dsl (session,
// buffers, timing), Dsd (dispatch) and the services, and is the transport's upper neighbour.
// Invariants: the transport's calls only note; everything happens in MainFunction; all buffers are made here.
// Must not know CAN identifiers, frames, banks or manifests.
// Tests: tests/agent-firmware/Dcm.
namespace EsyncAgent;

/// <summary>UDS server over one transport connection (PROTOCOL.md, "Services").</summary>
public sealed class Dcm : ICanTpUpper
{
    private readonly DslReception _reception;
    private readonly DslSession _session;
    private readonly DslConversation _conversation;
    private readonly DspPeriodic _periodic;
    private readonly AccessDelay _delay;
    private bool _hasWork;

    /// <summary>Makes the server and attaches it to the transport.</summary>
    public Dcm(DcmConfig config, CanIf canIf, CanTp canTp, Csm csm, NvM nvm, KeyStore keys, Dem dem, IdsM idsM, Data data, IUpdateTarget target, IMcu mcu, IApplicationLoader application, IModeControl modes)
    {
        _delay = new AccessDelay(config, nvm);
        AccessControl access = new AccessControl(csm, keys, _delay, dem, idsM, target, mcu);
        DspTransfer transfer = new DspTransfer(target);
        DspDynamics dynamics = new DspDynamics(config);
        _session = new DslSession(config, access, transfer, dem, data.Outputs, dynamics, modes);
        DcmParts parts = new DcmParts
        {
            Config = config,
            CanIf = canIf,
            CanTp = canTp,
            NvM = nvm,
            Keys = keys,
            Dem = dem,
            IdsM = idsM,
            Data = data,
            Target = target,
            Application = application,
            Modes = modes,
            Session = _session,
            Access = access,
            Transfer = transfer,
            Dynamics = dynamics,
        };
        parts.Records = new DspRecords(parts);
        _periodic = new DspPeriodic(parts);
        parts.Periodic = _periodic;
        _reception = new DslReception(config.MessageLengthMax);
        Dsd dsd = new Dsd(new DsdTable(parts), _session, access);
        _conversation = new DslConversation(config, canTp, dsd, _session, _reception);
        canTp.Attach(this);
    }

    /// <summary>Active session, a value of <see cref="DcmSession"/> (DID F186).</summary>
    public byte Session
    {
        get { return _session.Active; }
    }

    /// <inheritdoc/>
    public byte[] StartOfReception(bool isFunctional, uint length)
    {
        return _reception.Start(isFunctional, length);
    }

    /// <inheritdoc/>
    public void RxIndication(bool isFunctional, uint length, CanTpResult result)
    {
        _reception.End(isFunctional, length, result == CanTpResult.Ok);
        _hasWork = true;
    }

    /// <inheritdoc/>
    public void TxConfirmation(CanTpResult result)
    {
        _conversation.TxConfirmation();
        _hasWork = true;
    }

    /// <summary>True while service 2A has anything to send.</summary>
    public bool IsSendingPeriodically
    {
        get { return _periodic.Count != 0; }
    }

    /// <summary>Brings the conversation forward.</summary>
    public void MainFunction(uint nowMs)
    {
        if (!_hasWork)
        {
            return;
        }

        if (_conversation.IsActive)
        {
            _conversation.MainFunction(nowMs);
            _session.NoteActivity(nowMs);
        }

        _hasWork = _conversation.IsActive;
    }

    /// <summary>Brings session timer, periodic data and access delay forward: once in a millisecond, after <see cref="MainFunction"/>.</summary>
    public void TimeFunction(uint nowMs)
    {
        if (_session.Active != DcmSession.Default)
        {
            _session.MainFunction(nowMs, _conversation.IsActive || _reception.IsReceiving);
        }

        if (_periodic.Count != 0)
        {
            _periodic.MainFunction(nowMs);
        }

        if (_delay.IsRunning)
        {
            _delay.MainFunction(nowMs);
        }
    }
}
