// The loop: takes an input that was worth keeping, changes it, tries it, keeps it when it shows an outcome of a branch that was
// not seen before, or one seen much more often (1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more).
// Invariants: the seed and the corpus given decide the whole run; time decides nothing; a finding is tried again before it
// counts, and made shorter while it stays the same.
// Tests: tests/Fuzz/Checks.
using System.Text.Json;

namespace EsyncTests.Fuzzing;

/// <summary>One run of one target.</summary>
public sealed class FuzzRun
{
    private const int WarmUpInputs = 1000;

    private readonly string _name;
    private readonly FuzzTarget _target;
    private readonly InputChecker _checker;
    private readonly FuzzRandom _random;
    private readonly Mutator _mutator;
    private readonly List<byte[]> _kept = [];
    private readonly List<FuzzFinding> _findings = [];
    private readonly byte[] _seen;
    private readonly ulong _seed;
    private readonly int _findingsMax;
    private long _tried;
    private long _stepsMax;
    private long _allocatedMax;
    private ulong _fingerprint = 14695981039346656037;

    private FuzzRun(string name, int probes, ulong seed, int findingsMax)
    {
        _findingsMax = findingsMax;
        _name = name;
        _target = FuzzTargets.Make(name);
        _seed = seed;
        _checker = new InputChecker(_target);
        _random = new FuzzRandom(seed);
        _mutator = new Mutator(_random, _target.Words, _target.LengthMax);
        _seen = new byte[probes];
    }

    /// <summary>Called in the world with probes: runs a target and gives a <see cref="FuzzReport"/> as JSON.</summary>
    /// <param name="sites">The probes, each as type, method and kind.</param>
    /// <param name="name">The target.</param>
    /// <param name="inputs">How many inputs to try.</param>
    /// <param name="seed">What decides them.</param>
    /// <param name="corpus">Folder with inputs of former runs, to begin from and to add to; null for none.</param>
    /// <param name="findingsMax">Findings that end the run.</param>
    public static string Start(string[] sites, string name, long inputs, ulong seed, string? corpus, int findingsMax)
    {
        Probe.Prepare(sites.Length);
        FuzzRun run = new(name, sites.Length, seed, findingsMax);
        Corpus store = new(corpus);
        run.Try(inputs, store);
        store.Save(run._kept);
        return JsonSerializer.Serialize(run.Report(sites));
    }

    private void Try(long inputs, Corpus store)
    {
        foreach (byte[] input in _target.Seeds().Concat(store.Load(_target.LengthMax)))
        {
            TryOne(input, isSeed: true);
        }

        while (_tried < inputs && _findings.Count < _findingsMax)
        {
            byte[] input = _mutator.Mutate(Pick(), _kept[_random.Below(_kept.Count)]);
            TryOne(_random.Below(2) == 0 ? input : _target.Repair(input), isSeed: false);
        }
    }

    // What was found last is half of the work: behind a new branch there is often another.
    private byte[] Pick()
    {
        int recent = Math.Min(_kept.Count, 32);
        return _random.Below(2) == 0 ? _kept[_kept.Count - 1 - _random.Below(recent)] : _kept[_random.Below(_kept.Count)];
    }

    private void TryOne(byte[] input, bool isSeed)
    {
        _tried++;
        string? broken = _checker.Check(input);
        _stepsMax = Math.Max(_stepsMax, _checker.Steps);
        if (_tried > WarmUpInputs)
        {
            _allocatedMax = Math.Max(_allocatedMax, _checker.Allocated);
        }

        bool isNew = Look(input);
        if (broken is not null)
        {
            Note(broken, input);
        }
        else if (isNew || isSeed)
        {
            _kept.Add(input);
        }
    }

    private bool Look(byte[] input)
    {
        bool isNew = false;
        for (int i = 0; i < Probe.TouchedCount; i++)
        {
            int number = Probe.Touched[i];
            byte bucket = Bucket(Probe.CountOf(number));
            isNew |= (_seen[number] & bucket) == 0;
            _seen[number] |= bucket;
        }

        foreach (byte value in input)
        {
            _fingerprint = (_fingerprint ^ value) * 1099511628211;
        }

        _fingerprint = (_fingerprint ^ (uint)Probe.TouchedCount) * 1099511628211;
        return isNew;
    }

    private static byte Bucket(int count) => count switch
    {
        < 4 => (byte)(1 << (count - 1)),
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };

    private void Note(string broken, byte[] input)
    {
        if (_findings.Any(finding => finding.Rule == broken))
        {
            return;
        }

        byte[] shortest = Shrinker.Shrink(input, smaller => _checker.Check(smaller) == broken);
        _findings.Add(new FuzzFinding(broken, Convert.ToHexString(shortest), _tried));
    }

    private FuzzReport Report(string[] sites)
    {
        int outcomes = 0, seen = 0;
        SortedDictionary<string, int> unseen = new(StringComparer.Ordinal);
        for (int i = 0; i < sites.Length; i++)
        {
            string[] parts = sites[i].Split('\t');
            string name = $"{parts[0]}.{parts[1]}";
            if (parts[2] == "1" && _target.Parsers.Contains(parts[0]) && !_target.NotReading.Any(method => name.EndsWith(method, StringComparison.Ordinal)))
            {
                outcomes++;
                seen += _seen[i] != 0 ? 1 : 0;
                unseen[name] = unseen.GetValueOrDefault(name) + (_seen[i] != 0 ? 0 : 1);
            }
        }

        return new FuzzReport
        {
            Target = _name,
            Seed = _seed,
            Inputs = _tried,
            Kept = _kept.Count,
            OutcomesSeen = seen,
            Outcomes = outcomes,
            StepsMax = _stepsMax,
            AllocatedMax = _allocatedMax,
            Fingerprint = _fingerprint,
            Findings = _findings,
            Unseen = [.. unseen.Where(pair => pair.Value != 0).Select(pair => $"{pair.Key}: {pair.Value}")],
        };
    }
}
