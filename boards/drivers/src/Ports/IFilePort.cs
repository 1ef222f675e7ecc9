// Port to a small file system (littlefs under nanoFramework, drive I:\). A file is committed by closing it, and only
// then: each write here opens, writes and closes, so that after a power cut a file has its old content or its new one.
// Tests: through LittleFsFls, tests/boards/drivers.
namespace EsyncAgent.Drivers;

/// <summary>Whole files by name.</summary>
public interface IFilePort
{
    /// <summary>
    /// Reads a file from its beginning into <paramref name="into"/>; returns the bytes read, −1 when there is no such file, −2
    /// when the file system reports an error.
    /// </summary>
    int Read(string name, byte[] into);

    /// <summary>Replaces a file by the first <paramref name="count"/> bytes of <paramref name="data"/> and commits it; false when the file system refused.</summary>
    bool Write(string name, byte[] data, int count);

    /// <summary>Removes a file; true also when there was none.</summary>
    bool Delete(string name);
}
