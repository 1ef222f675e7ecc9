// Reads tests/Vectors/*.hex: figures of public standards, one value per line in hexadecimal, '#' begins a comment that
// names the source. The files lie in the test assembly.
namespace EsyncTests.Vectors;

public static class VectorFile
{
    public static byte[][] Read(string name)
    {
        using Stream stream = typeof(VectorFile).Assembly.GetManifestResourceStream($"Vectors/{name}")
            ?? throw new FileNotFoundException($"No vector file {name}.");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => line[0] != '#').Select(Convert.FromHexString)];
    }
}
