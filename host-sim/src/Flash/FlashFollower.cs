// Keeps a file equal to a virtual ECU's flash while it lives: what an erase or a program has changed is written through at once.
// Invariants: the file has what the flash has after each operation, in the order of the operations; a process that is killed loses nothing of it.
// A computer that loses its power may: the system writes to the medium when it likes.
// Tests: tests/host-sim/Flash/FlashFollowerTests.cs.
using Microsoft.Win32.SafeHandles;

namespace EsyncSim.Flash;

/// <summary>The file of a flash that is at work.</summary>
public sealed class FlashFollower : IDisposable
{
    private readonly FlashModel _flash;
    private readonly SafeFileHandle _file;
    private readonly string _path;

    private FlashFollower(FlashModel flash, SafeFileHandle file, string path)
    {
        _flash = flash;
        _file = file;
        _path = path;
        flash.Changed += Write;
    }

    /// <summary>Follows a flash that was loaded from the file, until it is disposed of.</summary>
    /// <exception cref="UserErrorException">The file cannot be written, or another process follows its flash with it.</exception>
    public static FlashFollower Follow(FlashModel flash, string path)
    {
        try
        {
            return new FlashFollower(flash, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot write flash file {path}: {error.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _flash.Changed -= Write;
        _file.Dispose();
    }

    private void Write(uint address, int count)
    {
        byte[] bytes = new byte[count];
        _flash.Memory.Read(address, bytes);
        try
        {
            RandomAccess.Write(_file, bytes, address);
        }
        catch (IOException error)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot write flash file {_path}: {error.Message}");
        }
    }
}
