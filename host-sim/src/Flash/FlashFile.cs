// A virtual ECU's flash as a file, kept between runs: the bytes of the part and nothing else.
// Invariants: a file of another size is refused before anything is changed; a file is replaced as a whole or not at all.
// Tests: tests/host-sim/Flash.
namespace EsyncSim.Flash;

/// <summary>Loads and saves the contents of a <see cref="FlashModel"/>.</summary>
public static class FlashFile
{
    /// <summary>Loads the file when it exists; false when it does not. Throws <see cref="UserErrorException"/> for a file that cannot be this part's.</summary>
    public static bool TryLoad(FlashModel flash, string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot read flash file {path}: {error.Message}");
        }

        if (bytes.Length != flash.Size)
        {
            throw new UserErrorException(ExitCode.BadFile, $"flash file {path} has {bytes.Length} bytes, the part {flash.Geometry.Name} has {flash.Size}; use the file of this ECU or remove it to begin with an erased part");
        }

        flash.Memory.Load(bytes);
        return true;
    }

    /// <summary>Writes the whole part beside the file and then puts it in the file's place.</summary>
    public static void Save(FlashModel flash, string path)
    {
        string beside = path + ".new";
        try
        {
            File.WriteAllBytes(beside, flash.Memory.ToBytes());
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot write flash file {path}: {error.Message}");
        }
    }
}
