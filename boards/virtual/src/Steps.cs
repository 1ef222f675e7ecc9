// Numbers, times and prints the steps of a run, and remembers how much heap was in use at the most.
// Invariants: a line is printed when its step has passed or failed; the run passes only when as many steps passed as were
// planned.
// Tests: tests/boards/virtual/StepsTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>The log of a run.</summary>
public sealed class Steps
{
    private const int NumberWidth = 3;
    private const int WhatWidth = 31;
    private const int ResultWidth = 57;
    private const int MsWidth = 7;

    private readonly IEmulatorHost _host;
    private string _what = "start";
    private uint _startedMs;
    private bool _isOpen;
    private bool _hasFailed;

    /// <summary>A run that prints to <paramref name="host"/>.</summary>
    public Steps(IEmulatorHost host)
    {
        _host = host;
    }

    /// <summary>Steps that the run has.</summary>
    public int Planned { get; set; }

    /// <summary>Steps that passed.</summary>
    public int Passed { get; private set; }

    /// <summary>Most bytes of heap in use at the end of a step.</summary>
    public int UsedBytesMax { get; private set; }

    /// <summary>Prints a story's title.</summary>
    public void Title(string title)
    {
        _host.WriteLine("");
        _host.WriteLine(title);
    }

    /// <summary>A step begins.</summary>
    public void Begin(string what)
    {
        _what = what;
        _isOpen = true;
        _startedMs = _host.NowMs;
    }

    /// <summary>The step has passed, with this result.</summary>
    public void End(string result)
    {
        uint tookMs = _host.NowMs - _startedMs;
        _isOpen = false;
        Passed++;
        Print(Passed, result, tookMs);
        int used = _host.UsedBytes;
        UsedBytesMax = used > UsedBytesMax ? used : UsedBytesMax;
    }

    /// <summary>The run ends here: the step that was under way, or the next one, has failed.</summary>
    public void Fail(string reason)
    {
        if (!_isOpen)
        {
            Begin("after: " + _what);
        }

        _isOpen = false;
        _hasFailed = true;
        Print(Passed + 1, "FAILED: " + reason, _host.NowMs - _startedMs);
    }

    /// <summary>Prints the last line, for people and scripts; true when everything passed.</summary>
    public bool Conclude()
    {
        bool isPass = !_hasFailed && Passed == Planned;
        _host.WriteLine("");
        _host.WriteLine("EMULATOR " + (isPass ? "PASS " : "FAIL ") + Passed.ToString() + "/" + Planned.ToString());
        return isPass;
    }

    private void Print(int number, string result, uint tookMs)
    {
        _host.WriteLine(
            number.ToString().PadLeft(NumberWidth) + "  " + (_what + " ").PadRight(WhatWidth) + result.PadRight(ResultWidth)
            + tookMs.ToString().PadLeft(MsWidth) + " ms");
    }
}
