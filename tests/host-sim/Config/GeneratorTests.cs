// The generated C#: current, compilable, and the same object field by field as the one that host-sim builds.
using System.Reflection;
using EsyncAgent;
using EsyncSim.Config;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class GeneratorTests
{
    private const string Folder = "agent-firmware/generated";

    private static NfConfig Own => NfConfig.Load(Repository.PathOf("nf.config"));

    [Fact]
    public void The_committed_files_are_what_the_generator_prints_now()
    {
        foreach (EcuDefinition ecu in Own.Ecus.Values)
        {
            string file = $"{Folder}/{ConfigGenerator.ClassName(ecu.Name)}.cs";
            Assert.True(
                File.Exists(Repository.PathOf(file)) && Repository.Read(file) == ConfigGenerator.Print(ecu.Config),
                $"{file} is not what nf.config says. Run: dotnet run --project host-sim -- config generate");
        }
    }

    [Fact]
    public void The_folder_holds_a_file_for_each_ECU_and_nothing_else()
    {
        Assert.Equal(
            Own.Ecus.Keys.Select(name => $"{Folder}/{ConfigGenerator.ClassName(name)}.cs").Order(StringComparer.Ordinal),
            Repository.Files(Folder, ".cs"));
    }

    [Fact]
    public void A_generated_file_builds_the_object_that_host_sim_reads()
    {
        foreach (EcuDefinition ecu in Own.Ecus.Values.Append(ConfigBench.Read(ConfigBench.Good).Ecu("battery")))
        {
            EcuConfig built = Build(ConfigGenerator.Print(ecu.Config), ConfigGenerator.ClassName(ecu.Name));
            Assert.Equal(Fields(ecu.Config, ecu.Name), Fields(built, ecu.Name));
        }
    }

    [Fact]
    public void A_changed_field_is_seen_by_the_comparison()
    {
        EcuConfig config = ConfigBench.Read(ConfigBench.Good).Ecu("motor").Config;
        List<string> before = Fields(config, "motor");
        config.Dcm.ConstantRecords[1][2]++;
        Assert.Single(before.Except(Fields(config, "motor")));
    }

    [Fact]
    public void Two_prints_are_the_same_and_end_lines_with_LF()
    {
        EcuConfig config = ConfigBench.Read(ConfigBench.Good).Ecu("motor").Config;
        string text = ConfigGenerator.Print(config);
        Assert.Equal(text, ConfigGenerator.Print(ConfigBench.Read(ConfigBench.Good).Ecu("motor").Config));
        Assert.DoesNotContain('\r', text);
        Assert.StartsWith(ConfigGenerator.Mark + "\n", text);
    }

    private static EcuConfig Build(string source, string className)
    {
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create(
            "Generated",
            [CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.CSharp13, DocumentationMode.Diagnose))],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning));
        MethodInfo create = Assembly.Load(image.ToArray()).GetType("EsyncAgent." + className)!.GetMethod("Create")!;
        return (EcuConfig)create.Invoke(null, null)!;
    }

    // Every public field, arrays included, as "path = value".
    private static List<string> Fields(object? value, string path)
    {
        switch (value)
        {
            case byte[] bytes:
                return [$"{path} = {Convert.ToHexString(bytes)}"];
            case Array array:
                return [$"{path}.Length = {array.Length}", .. array.Cast<object>().SelectMany((item, i) => Fields(item, $"{path}[{i}]"))];
            case null or string or IFormattable or bool:
                return [$"{path} = {value}"];
            default:
                return [.. value.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance).SelectMany(f => Fields(f.GetValue(value), $"{path}.{f.Name}"))];
        }
    }
}
