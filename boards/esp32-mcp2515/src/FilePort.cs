// Files of nanoFramework's littlefs drive. Closing a file commits it, flushing does not (esp_littlefs issue 129): each
// write opens, writes and closes. A file that exists is opened and written over, never created anew: creating would
// empty it first, and what a power cut leaves of that is not known.
// Allocation: a FileStream and what lies under it, a call. Packages nanoFramework.System.IO.FileSystem and .Streams.
// Tests: tests/Surface compiles it; what stands on it is tested through IFilePort.
using System;
using System.IO;
using EsyncAgent.Drivers;

namespace EsyncAgent.Boards;

/// <summary>A drive.</summary>
public sealed class FilePort : IFilePort, IFaultSource
{
    private const int NoFile = -1;
    private const int Error = -2;

    private readonly string _drive;

    /// <summary>Makes it for a drive, "I:\".</summary>
    public FilePort(string drive)
    {
        _drive = drive;
    }

    /// <inheritdoc/>
    public string Fault { get; private set; }

    /// <inheritdoc/>
    public int Read(string name, byte[] into)
    {
        FileStream file = null;
        try
        {
            string path = _drive + name;
            if (!File.Exists(path))
            {
                return NoFile;
            }

            file = new FileStream(path, FileMode.Open, FileAccess.Read);
            int length = 0;
            int count = 1;
            while (length < into.Length && count > 0)
            {
                count = file.Read(into, length, into.Length - length);
                length += count > 0 ? count : 0;
            }

            Fault = null;
            return length;
        }
        catch (Exception exception)
        {
            Note("read", exception);
            return Error;
        }
        finally
        {
            Close(file);
        }
    }

    /// <inheritdoc/>
    public bool Write(string name, byte[] data, int count)
    {
        FileStream file = null;
        try
        {
            file = new FileStream(_drive + name, FileMode.OpenOrCreate, FileAccess.Write);
            file.Write(data, 0, count);
            if (file.Length > count)
            {
                file.SetLength(count);
            }

            FileStream written = file;
            file = null;
            written.Close();
            Fault = null;
            return true;
        }
        catch (Exception exception)
        {
            Note("written", exception);
            return false;
        }
        finally
        {
            Close(file);
        }
    }

    /// <inheritdoc/>
    public bool Delete(string name)
    {
        try
        {
            string path = _drive + name;
            if (File.Exists(path))
            {
                File.Delete(path);
            }

            Fault = null;
            return true;
        }
        catch (Exception exception)
        {
            Note("deleted", exception);
            return false;
        }
    }

    // After an error the content of the file is as undefined as that of a sector whose program failed.
    private static void Close(FileStream file)
    {
        try
        {
            if (file != null)
            {
                file.Close();
            }
        }
        catch (Exception)
        {
            // The error that led here is told already.
        }
    }

    private void Note(string what, Exception exception)
    {
        if (Fault == null)
        {
            Fault = "a file of drive " + _drive + " cannot be " + what + ": " + exception.Message + "; the partition may be full or not formatted";
        }
    }
}
