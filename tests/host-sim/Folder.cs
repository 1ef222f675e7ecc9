// A folder of its own for a test that needs real files; gone afterwards.
namespace EsyncTests.HostSim;

public sealed class Folder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("esync-test-").FullName;

    /// <summary>Path of a file in the folder.</summary>
    public string this[string name] => Path.Combine(_path, name);

    /// <summary>Names of all files in it, sorted.</summary>
    public string[] Names => [.. Directory.EnumerateFileSystemEntries(_path).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
