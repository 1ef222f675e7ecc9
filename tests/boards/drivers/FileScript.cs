// A file system that a test can look into and that can be told to fail.
using EsyncAgent.Drivers;

namespace EsyncTests.Boards.Drivers;

internal sealed class FileScript : IFilePort
{
    internal Dictionary<string, byte[]> Files { get; } = [];

    internal List<string> Calls { get; } = [];

    internal bool IsBroken { get; set; }

    public int Read(string name, byte[] into)
    {
        Calls.Add($"read {name}");
        if (IsBroken)
        {
            return -2;
        }

        if (!Files.TryGetValue(name, out byte[]? content))
        {
            return -1;
        }

        content.CopyTo(into, 0);
        return content.Length;
    }

    public bool Write(string name, byte[] data, int count)
    {
        Calls.Add($"write {name} {count}");
        if (!IsBroken)
        {
            Files[name] = data[..count];
        }

        return !IsBroken;
    }

    public bool Delete(string name)
    {
        Calls.Add($"delete {name}");
        Files.Remove(name);
        return !IsBroken;
    }

    internal string Take()
    {
        string calls = string.Join(", ", Calls);
        Calls.Clear();
        return calls;
    }
}
