// Writes all tables of the applications, at the paths where they are committed.
// Tests: tests/host-sim/Applications/CalibrationTests.
using EsyncCalibration;

string root = args.Length > 0 ? args[0] : Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."));
if (!Directory.Exists(Path.Combine(root, "MotorControl")))
{
    Console.Error.WriteLine($"error: {root} is not the folder host-sim/applications; name it: calibration <folder>");
    return 2;
}

foreach ((string path, string text) in Calibration.Files())
{
    File.WriteAllText(Path.Combine(root, path), text);
    Console.WriteLine(path);
}

return 0;
