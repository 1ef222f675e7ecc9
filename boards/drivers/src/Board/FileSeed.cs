// The seed in a file of a small file system.
// Tests: tests/boards/drivers/EntropySourceTests.cs.
namespace EsyncAgent.Drivers;

/// <summary>Seed store on files.</summary>
public sealed class FileSeed : ISeedStore
{
    private readonly IFilePort _files;
    private readonly string _name;

    /// <summary>Makes it for a file that is nobody else's.</summary>
    public FileSeed(IFilePort files, string name)
    {
        _files = files;
        _name = name;
    }

    /// <inheritdoc/>
    public bool Read(byte[] into)
    {
        return _files.Read(_name, into) == into.Length;
    }

    /// <inheritdoc/>
    public bool Write(byte[] seed)
    {
        return _files.Write(_name, seed, seed.Length);
    }
}
