// A case counts only if it can fail: each that passes on the product fails when the ECU's replies are altered on their way, or on
// a mutant of the agent (ConformanceMutants). AlteredReplies.txt holds an alteration for each; where a line does not do any more,
// one is looked for, and lines are written anew by: ESYNC_EVERY_STEP=1 dotnet run --project tests -c Release -- -class "*AlteredReplyTests"
using System.Globalization;
using EsyncSim.Config;
using EsyncSim.Conformance;
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class AlteredReplyTests
{
    private const string Table = "tests/host-sim/Conformance/AlteredReplies.txt";
    private static readonly AlterationKind[] Kinds = [AlterationKind.Drop, AlterationKind.Change, AlterationKind.Phantom, AlterationKind.Double, AlterationKind.Delay];
    private static readonly HashSet<string> OfMutants = [.. ConformanceMutants.All.SelectMany(row => row.Cases)];

    [Fact]
    public void Every_case_that_applies_fails_on_an_altered_reply_or_on_a_mutant()
    {
        Rig rig = new();
        if (EveryStep.Stride(2) == 1)
        {
            Write(rig);
        }

        Dictionary<string, Alteration> known = Read();

        string[] steadfast = [.. ConformanceCatalogue.All
            .Where(one => !OfMutants.Contains(one.Id))
            .Where(one => !(known.TryGetValue(one.Id, out Alteration? line) && rig.Run(one, line) == ConformanceVerdict.Fail))
            .Where(one => rig.Find(one, isNotApplicableEnough: true) is null)
            .Select(one => $"{one.Id} {one.Name}")];

        Assert.True(steadfast.Length == 0, $"nothing makes these fail: {string.Join("; ", steadfast)}");
    }

    [Fact]
    public void An_alteration_of_nothing_changes_nothing()
    {
        Rig rig = new();

        Assert.All(ConformanceCatalogue.Select(["TP-05*"]), one => Assert.Equal(ConformanceVerdict.Pass, rig.Run(one, new Alteration(AlterationKind.None, 0))));
    }

    private static void Write(Rig rig)
    {
        IEnumerable<string> lines = ConformanceCatalogue.All
            .Select(one => (one.Id, Alteration: rig.Find(one, isNotApplicableEnough: false)))
            .Where(row => row.Alteration is not null)
            .Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Id} {row.Alteration!.Kind} {row.Alteration.Number}"));
        File.WriteAllText(Repository.PathOf(Table), string.Join('\n', lines) + "\n");
    }

    private static Dictionary<string, Alteration> Read() => File.ReadAllLines(Repository.PathOf(Table))
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => new Alteration(Enum.Parse<AlterationKind>(words[1]), int.Parse(words[2], CultureInfo.InvariantCulture)));

    private sealed class Rig
    {
        private static readonly Alteration Nothing = new(AlterationKind.None, 0);
        private readonly VirtualConformanceTarget _target;
        private Alteration _alteration = Nothing;
        private AlteredCan? _can;

        public Rig()
        {
            EcuDefinition ecu = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
            _target = new VirtualConformanceTarget(
                ecu, ProfileOfConfig.Of(ecu), 1, TestContext.Current.CancellationToken, null, (time, inner) => _can = new AlteredCan(time, inner, _alteration));
        }

        public ConformanceVerdict Run(ConformanceCase one, Alteration alteration)
        {
            _alteration = alteration;
            return ConformanceRunner.Run(one, _target).Verdict;
        }

        /// <summary>An alteration on which the case fails; null when there is none. A case that does not apply has one when the caller says so.</summary>
        public Alteration? Find(ConformanceCase one, bool isNotApplicableEnough)
        {
            if (Run(one, Nothing) == ConformanceVerdict.NotApplicable)
            {
                return isNotApplicableEnough ? Nothing : null;
            }

            return Alterations(_can!.Count).FirstOrDefault(alteration => Run(one, alteration) == ConformanceVerdict.Fail);
        }

        // From the last frame backwards, since that is what a case waits for: what comes early mostly prepares, and a case that
        // cannot be prepared is left open.
        private static IEnumerable<Alteration> Alterations(int last)
        {
            const int Back = 2;
            for (int number = last; number > 0 && number > last - Back; number--)
            {
                foreach (AlterationKind kind in Kinds)
                {
                    yield return new Alteration(kind, number);
                }
            }

            yield return new Alteration(AlterationKind.Phantom, 1);
        }
    }
}
