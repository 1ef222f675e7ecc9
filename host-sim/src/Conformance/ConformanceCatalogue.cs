// Every case, in the order in which they are tried and shown: transport, sessions and timing, services, access, download,
// life cycle; within a chapter by number.
// Invariants: Ids are unique and never change their meaning; every case can fail (tests/host-sim/Conformance).
// Tests: tests/host-sim/Conformance.
using System.IO.Enumeration;

namespace EsyncSim.Conformance;

/// <summary>All cases.</summary>
internal static class ConformanceCatalogue
{
    /// <summary>Chapters in their order, with their names.</summary>
    public static IReadOnlyList<(string Prefix, string Name)> Chapters { get; } =
    [
        ("TP", "Transport (ISO 15765-2)"),
        ("DSL", "Sessions, timing, addressing (ISO 14229-2)"),
        ("SVC", "Services (ISO 14229-1)"),
        ("ACC", "Access (27, 29)"),
        ("DL", "Download and routines (31, 34 to 37)"),
        ("LC", "Life cycle of an update"),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        .. new[]
        {
            TransportReceptionCases.All, TransportSendingCases.All, TransportUnexpectedCases.All,
            SessionCases.All, SessionAddressingCases.All, SessionOrderCases.All,
            ServiceReadCases.All, ServiceControlCases.All, ServicePeriodicCases.All, ServiceFormCases.All,
            AccessCases.All,
            DownloadCases.All,
            LifeCycleCases.All, LifeCycleTrustCases.All,
        }
            .SelectMany(cases => cases)
            .OrderBy(one => Chapters.ToList().FindIndex(chapter => chapter.Prefix == one.Chapter))
            .ThenBy(one => one.Id, StringComparer.Ordinal),
    ];

    /// <summary>Those whose Ids match one of these patterns, in which * stands for anything; all when there is none.</summary>
    /// <exception cref="UserErrorException">A pattern that no case matches.</exception>
    public static IReadOnlyList<ConformanceCase> Select(IReadOnlyList<string> patterns)
    {
        string? unknown = patterns.FirstOrDefault(pattern => !All.Any(one => Matches(pattern, one)));
        return unknown is not null
            ? throw new UserErrorException(ExitCode.BadUsage, $"there is no case {unknown}; `esync conformance --list` names them")
            : patterns.Count == 0 ? All : [.. All.Where(one => patterns.Any(pattern => Matches(pattern, one)))];
    }

    private static bool Matches(string pattern, ConformanceCase one) => FileSystemName.MatchesSimpleExpression(pattern, one.Id);
}
