// Whole files or none: content goes to a new file beside the target, onto the medium, and takes the target's name in one
// step. A crash leaves the old file or the new one; nobody ever reads a half-written one.
// Tests: tests/host-sim/Files, tests/host-sim/Signing (crash at every operation).
namespace EsyncSim.Files;

/// <summary>Replacing a file in one step.</summary>
public static class AtomicFile
{
    /// <summary>Writes <paramref name="data"/> so that the file is either as before or complete, and on the medium when this returns.</summary>
    /// <param name="files">File system.</param>
    /// <param name="path">File to make or to replace.</param>
    /// <param name="data">Its whole content.</param>
    /// <param name="isSecret">True: readable by its owner only.</param>
    /// <exception cref="IOException">The disk is full or the like; the file is as before.</exception>
    public static void Write(IFileSystem files, string path, byte[] data, bool isSecret = false)
    {
        // One fixed name: what a crash leaves behind is overwritten by the next attempt and does not pile up.
        string temporary = path + ".new";
        try
        {
            files.Write(temporary, data, isSecret);
            files.Flush(temporary);
            files.Replace(temporary, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            files.Delete(temporary);
            throw;
        }

        files.FlushDirectory(path);
    }

    /// <summary>The same for output that a user asked for: a failure becomes one clear line.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void WriteOutput(string path, byte[] data, bool isSecret = false) => WriteOutput(DiskFileSystem.Instance, path, data, isSecret);

    /// <summary>The same on another file system.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void WriteOutput(IFileSystem files, string path, byte[] data, bool isSecret = false)
    {
        try
        {
            Write(files, path, data, isSecret);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot write {path}: {error.Message}");
        }
    }

    /// <summary>Reads input that a user named: a failure becomes one clear line.</summary>
    /// <param name="path">File to read.</param>
    /// <param name="what">What it should be, for the message ("package", "signing key").</param>
    /// <param name="lengthMax">Longest file that makes sense, in bytes.</param>
    /// <exception cref="UserErrorException">Missing, unreadable, or longer than <paramref name="lengthMax"/>.</exception>
    public static byte[] ReadInput(string path, string what, long lengthMax)
    {
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                throw new UserErrorException(ExitCode.BadFile, Directory.Exists(path) ? $"{path} is no {what}: it is a directory" : $"{what} {path} is not there");
            }

            if (file.Length > lengthMax)
            {
                throw new UserErrorException(ExitCode.BadFile, $"{path} is no {what}: {file.Length} bytes are more than the {lengthMax} that one can have");
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot read {what} {path}: {error.Message}");
        }
    }
}
