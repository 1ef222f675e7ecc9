// The real disk. Renames are rename(2), flushes are fsync(2) of the file and of its directory; Windows offers no flush of a
// directory, there the rename itself is journalled by NTFS.
// Locks are flock(2): they end with the process, however it ends, and hold between processes of one machine only. A
// network file system may ignore them, which is why keys belong on a local disk (host-sim/README.md, "Keys").
// Tests: tests/host-sim/Files.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EsyncSim.Files;

/// <summary><see cref="IFileSystem"/> over the operating system.</summary>
public sealed class DiskFileSystem : IFileSystem
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Usual = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private DiskFileSystem()
    {
    }

    /// <summary>The one instance; it holds no state.</summary>
    public static DiskFileSystem Instance { get; } = new();

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public string Resolve(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    /// <inheritdoc/>
    public long Length(string path) => new FileInfo(path).Length;

    /// <inheritdoc/>
    public byte[] Read(string path) => File.ReadAllBytes(path);

    /// <inheritdoc/>
    public void Write(string path, byte[] data, bool isSecret)
    {
        // A file that is there keeps its mode when it is opened for writing, so a secret starts from a new one.
        if (isSecret)
        {
            File.Delete(path);
        }

        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = isSecret ? OwnerOnly : Usual;
        }

        using FileStream stream = new(path, options);
        stream.Write(data);
    }

    /// <inheritdoc/>
    public void Append(string path, byte[] data)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.None);
        stream.Seek(0, SeekOrigin.End);
        stream.Write(data);
    }

    /// <inheritdoc/>
    public void Flush(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        stream.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Replace(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        int descriptor = Posix.Open(directory, Posix.ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open the directory {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        using SafeFileHandle handle = new(descriptor, ownsHandle: true);
        if (Posix.FSync(descriptor) != 0)
        {
            throw new IOException($"cannot flush the directory {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        string above = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        CreateDirectory(above);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }

        FlushDirectory(path);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal)] : [];

    /// <inheritdoc/>
    public IDisposable? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (IsHeld(error))
        {
            return null;
        }
    }

    // EWOULDBLOCK of Linux and macOS, sharing and lock violation of Windows.
    private static bool IsHeld(IOException error) =>
        OperatingSystem.IsWindows() ? (error.HResult & 0xFFFF) is 32 or 33 : error.HResult is 11 or 35;

    private static class Posix
    {
        public const int ReadOnly = 0;

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        public static extern int FSync(int descriptor);
    }
}
