// The few file operations that have to survive a crash, each one step that can be cut. Kept this small so that a test can
// stand in for the disk and lose power at every operation; what may be lost until Flush and FlushDirectory have returned
// is what a real disk may lose.
// Must not know what the files hold.
// Tests: tests/host-sim/Files, tests/host-sim/Signing (crash at every operation).
namespace EsyncSim.Files;

/// <summary>Port to the file system. Paths are absolute or relative to the working directory; errors are <see cref="IOException"/>s.</summary>
public interface IFileSystem
{
    /// <summary>True when a file of this name is there.</summary>
    bool Exists(string path);

    /// <summary>The path behind a symbolic link, so that replacing the file does not leave a stale one behind; else the path itself.</summary>
    string Resolve(string path);

    /// <summary>Length of the file in bytes.</summary>
    long Length(string path);

    /// <summary>All bytes of the file.</summary>
    byte[] Read(string path);

    /// <summary>Creates or overwrites the file. Nothing is promised about the medium before <see cref="Flush"/>.</summary>
    /// <param name="path">File to write.</param>
    /// <param name="data">Its whole content.</param>
    /// <param name="isSecret">True: readable by its owner only (mode 600 where there are modes).</param>
    void Write(string path, byte[] data, bool isSecret);

    /// <summary>Adds to the end of a file that is there. What was flushed before stays; of what is added nothing is promised before <see cref="Flush"/>.</summary>
    void Append(string path, byte[] data);

    /// <summary>Returns when the content of the file is on the medium.</summary>
    void Flush(string path);

    /// <summary>Renames over <paramref name="to"/> in one step: afterwards there is the old file or the new one, never a mixture.</summary>
    void Replace(string from, string to);

    /// <summary>Returns when renames in the directory of <paramref name="path"/> are on the medium, where the system can say so.</summary>
    void FlushDirectory(string path);

    /// <summary>Removes the file when it is there.</summary>
    void Delete(string path);

    /// <summary>Makes a directory and those above it, where they are missing; the new one is for its owner only.</summary>
    void CreateDirectory(string path);

    /// <summary>Paths of the files in a directory, in the order of their names; none when it is not there.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Takes an exclusive lock that ends with the returned object or with the process; null while somebody else holds it.</summary>
    IDisposable? TryLock(string path);
}
