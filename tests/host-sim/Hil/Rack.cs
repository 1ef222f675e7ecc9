// A rack without hardware: a folder with stand-ins for nanoff, stty and the board, and tests/hil/run.sh run on it by bash. The
// serial line is a named pipe; "restarting the board" writes a recording into it. Whatever a stand-in was called with is kept.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace EsyncTests.HostSim.Hil;

internal sealed class Rack : IDisposable
{
    private readonly Folder _folder = new();

    internal Rack()
    {
        Directory.CreateDirectory(_folder["bin"]);
        Tool("nanoff", $"{Keep("nanoff")}; cat \"{_folder["nanoff.txt"]}\"; exit $(cat \"{_folder["nanoff.code"]}\")");
        Tool("stty", Keep("stty"));
        string esync = $"\"{DotnetHost}\" exec \"{Path.Combine(AppContext.BaseDirectory, "esync.dll")}\"";
        Tool("esync", $"[ \"$1\" = hil ] && exec {esync} \"$@\"\n{Keep("esync")}; echo \"error: as told\"; exit $(cat \"{_folder["esync.code"]}\")");
        Tool("restart", $"{Keep("restart")}; cat \"{_folder["board.bin"]}\" >\"{_folder["tty"]}\"");
        Run("mkfifo", [_folder["tty"]]);
        foreach (string file in new[] { "tests.bin", "board program.bin", "author.pub", "oem.pub", "motor-2.esp" })
        {
            Write(file, "");
        }

        Write("nanoff.txt", NanoffLogTests.Good);
        Write("nanoff.code", "0");
        Write("esync.code", "0");
        Write("board.bin", "boot\r\nReady.\r\nTest passed,A.B.c.0,10\r\nTest passed,A.B.d.0,20\r\nDone.\r\n");
    }

    internal string this[string name] => _folder[name];

    /// <summary>Arguments of a run with every step.</summary>
    internal string[] Everything =>
    [
        "--target", "ESP32_REV3", "--serialport", this["tty"], "--reset", "restart", "--tests-image", this["tests.bin"],
        "--image", this["board program.bin"], "--ecu", "motor", "--bus", "socketcan:can0", "--device", this["motor.device"],
        "--anchor", this["author.pub"], "--anchor", this["oem.pub"], "--package", this["motor-2.esp"],
    ];

    /// <summary>What the stand-ins were called with, in order, with the rack's folder left out.</summary>
    internal string[] Calls => File.Exists(this["calls"]) ? [.. File.ReadAllLines(this["calls"]).Select(line => line.Replace(this[""] + "/", ""))] : [];

    /// <summary>Verdict of each suite of the report: its name and what its cases ended with.</summary>
    internal string[] Verdicts => [.. Report.Elements("testsuite").Select(suite => $"{suite.Attribute("name")!.Value} " + string.Join(
        ',', suite.Elements("testcase").Select(one => one.Elements().FirstOrDefault(e => e.Name != "system-out")?.Name.LocalName ?? "pass")))];

    internal XElement Report => XElement.Load(this["out/junit.xml"]);

    public void Dispose() => _folder.Dispose();

    internal void Write(string name, string text) => File.WriteAllText(this[name], text);

    internal void Tool(string name, string script)
    {
        string path = Path.Combine(_folder["bin"], name);
        File.WriteAllText(path, $"#!/bin/bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    internal void Without(string tool) => File.Delete(Path.Combine(_folder["bin"], tool));

    /// <summary>Runs the script with the rack's esync and output folder.</summary>
    internal (int Code, string Output, string Error) RunScript(params string[] arguments) =>
        Run("bash", [Repository.PathOf("tests/hil/run.sh"), .. arguments, "--esync", "esync", "--out", this["out"]]);

    /// <summary>Runs the script with just these arguments.</summary>
    internal (int Code, string Output, string Error) RunPlain(params string[] arguments) =>
        Run("bash", [Repository.PathOf("tests/hil/run.sh"), .. arguments]);

    private static string DotnetHost =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private string Keep(string name) => $"echo \"{name} $*\" >>\"{_folder["calls"]}\"";

    private (int Code, string Output, string Error) Run(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder[""] };
        start.Environment["PATH"] = $"{_folder["bin"]}:/usr/bin:/bin";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
