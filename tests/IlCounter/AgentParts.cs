// Takes parts out of an ECU's configuration, to see what the agent needs without them.
// Tests: tests/host-sim/Measure/IlFigureTests.cs.
using EsyncAgent;
using EsyncSim.Config;

namespace EsyncTests.IlCounting;

/// <summary>The agent with some of its parts.</summary>
internal static class AgentParts
{
    internal const string Data = "data", Heatshrink = "heatshrink", Delta = "delta", Encryption = "encryption";

    internal static readonly string[] Known = [Heatshrink, Delta, Encryption, Data];

    /// <summary>Leaves these parts (names, a space between them) in a configuration, and takes the others out.</summary>
    internal static void Keep(EcuConfig config, string parts)
    {
        string[] kept = parts.Split(' ');
        FotaConfig fota = config.Fota;
        int compressions = FotaConfig.PlainOnly | (kept.Contains(Heatshrink) ? 1 << TransferEncoding.Heatshrink : 0) | (kept.Contains(Delta) ? 1 << TransferEncoding.Delta : 0);
        bool isEncrypted = kept.Contains(Encryption);
        fota.Encodings = (ushort)(compressions | (isEncrypted ? compressions << 8 : 0));
        fota.RecipientCountMax = isEncrypted ? fota.RecipientCountMax : (byte)0;
        if (!kept.Contains(Data))
        {
            config.Data = new DataConfig { RulesLengthMax = 0, RuleCountMax = 0, RuleSignalsMax = 0, RuleTermsMax = 0, HistoryLength = 0, QueueLength = 0 };
            config.NvM.LengthMax[NvMBlock.Rules] = 0;
            config.Fls.ReportLog = new FlsArea();
            config.CanIf.SignalRxIds = [];
            config.Dem.SnapshotCounts = new byte[config.Dem.SnapshotCounts.Length];
            config.Dem.SnapshotDids = [];
            config.Dcm.ResponseLengthMax = ResponseLength.LengthMax(config);
        }
    }
}
