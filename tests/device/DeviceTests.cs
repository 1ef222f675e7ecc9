// The device tests, each a case of its own, run on .NET 10 as nanoFramework's launcher runs them on a device: methods are called
// without an object; Setup before the tests of a class, Cleanup after; the same names.
using System.Reflection;
using EsyncAgent.DeviceTests;
using nanoFramework.TestFramework;
using Xunit;
using Assert = Xunit.Assert;
using TestClassAttribute = nanoFramework.TestFramework.TestClassAttribute;

namespace EsyncTests.Device;

public sealed class DeviceTests(ITestOutputHelper output)
{
    private const string Proposal = "artifacts/device-vectors";

    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Type[] Classes =
        [.. typeof(Sha256Tests).Assembly.GetTypes().Where(t => t.GetCustomAttribute<TestClassAttribute>() is not null).OrderBy(t => t.FullName, StringComparer.Ordinal)];

    /// <summary>Class.Method.Index of each test, as a device prints it.</summary>
    public static TheoryData<string> Names => [.. Classes.SelectMany(Cases).Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void On_the_device(string name)
    {
        Type owner = Classes.Single(c => Cases(c).Any(test => test.Name == name));
        (_, MethodInfo method, object[]? arguments) = Cases(owner).Single(test => test.Name == name);
        OutputHelper.Listener = output.WriteLine;
        try
        {
            RunAll<SetupAttribute>(owner);
            Run(method, arguments);
            RunAll<CleanupAttribute>(owner);
        }
        catch (SkipTestException skipped)
        {
            Assert.Skip(skipped.Message);
        }
        finally
        {
            OutputHelper.Listener = null;
        }
    }

    [Fact]
    public void Every_public_method_is_a_test_and_can_be_called_without_an_object()
    {
        Assert.NotEmpty(Classes);
        Assert.All(Classes.SelectMany(c => c.GetMethods(Public)), method =>
        {
            Assert.True(method.IsStatic, $"{method.Name} needs an object, and the launcher has none");
            Assert.Contains(method.GetCustomAttributes(), a => a is TestMethodAttribute or DataRowAttribute or SetupAttribute or CleanupAttribute);
        });
    }

    [Fact]
    public void Every_source_file_with_tests_is_among_those_that_run()
    {
        int written = Repository.Files("tests/device/src", ".cs").Sum(f => Repository.Read(f).Split("[TestMethod]").Length + Repository.Read(f).Split("[DataRow(").Length - 2);
        Assert.Equal(written, Names.Count);
        Assert.True(written >= 40, $"only {written} tests");
    }

    [Fact]
    public void The_committed_vectors_are_what_the_printer_prints_now()
    {
        IReadOnlyDictionary<string, string> files = VectorPrinter.Print();
        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), Repository.Files(VectorPrinter.Folder, ".cs"));
        string[] stale = [.. files.Where(f => Repository.Read(f.Key) != f.Value).Select(f => f.Key)];
        if (stale.Length > 0)
        {
            Directory.CreateDirectory(Repository.PathOf(Proposal));
            foreach ((string path, string text) in files)
            {
                File.WriteAllText(Path.Combine(Repository.PathOf(Proposal), Path.GetFileName(path)), text);
            }

            Assert.Fail($"{string.Join(", ", stale)}: not what the printer prints now. Run: cp {Proposal}/*.cs {VectorPrinter.Folder}/");
        }
    }

    // Where a method has rows, each row is a test and [TestMethod] none.
    private static IEnumerable<(string Name, MethodInfo Method, object[]? Arguments)> Cases(Type owner)
    {
        foreach (MethodInfo method in owner.GetMethods(Public))
        {
            DataRowAttribute[] rows = [.. method.GetCustomAttributes<DataRowAttribute>()];
            for (int i = 0; i < rows.Length; i++)
            {
                yield return ($"{owner.FullName}.{method.Name}.{i}", method, rows[i].MethodParameters);
            }

            if (rows.Length == 0 && method.GetCustomAttribute<TestMethodAttribute>() is not null)
            {
                yield return ($"{owner.FullName}.{method.Name}.0", method, null);
            }
        }
    }

    private static void RunAll<T>(Type owner)
        where T : Attribute
    {
        foreach (MethodInfo method in owner.GetMethods(Public).Where(m => m.GetCustomAttribute<T>() is not null))
        {
            Run(method, null);
        }
    }

    private static void Run(MethodInfo method, object[]? arguments) =>
        method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
