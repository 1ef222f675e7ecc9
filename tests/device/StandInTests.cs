// The stand-in for nanoFramework.TestFramework has nothing that the package has not, and fails where the package's own fails.
using EsyncTests.Surface;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using nanoFramework.TestFramework;
using TestFrameworkShared;
using Xunit;
using Assert = Xunit.Assert;
using DeviceAssert = nanoFramework.TestFramework.Assert;

namespace EsyncTests.Device;

public sealed class StandInTests
{
    private const string Package = "nanoFramework.TestFramework";

    private const string StandInFolder = "tests/device/net/StandIn";

    [Fact]
    public void Everything_public_in_the_stand_in_is_a_fact_about_the_package()
    {
        string[] own = [.. FactsOfStandIn()];
        Assert.NotEmpty(own);
        string[] unknown = [.. own.Except(ApiFacts.Load(Package).Lines)];
        Assert.True(
            unknown.Length == 0,
            $"not in {ApiFacts.FileOf(Package)}; what the package has (the next test says) is to be added there, what it has not must go:\n{string.Join('\n', unknown)}");
    }

    [Fact]
    public void The_device_tests_compile_against_the_packages_full_listings_and_use_nothing_that_kills_a_device()
    {
        CSharpCompilation mscorlib = ApiListings.Require("mscorlib");
        CSharpCompilation[] packages = [mscorlib, .. new[] { "nanoFramework.Runtime.Native", "nanoFramework.System.Text", Package }.Select(name => Listing(name, mscorlib))];
        string[] folders = ["agent-firmware/src", "agent-firmware/generated", "agent-firmware/contract", "boards/drivers/src", "boards/virtual/src", "tests/device/src", "tests/device/nano"];
        SurfaceBuild build = SurfaceCompiler.Build("NFUnitTest", SurfaceCompiler.ParseFiles(folders.SelectMany(f => Repository.Files(f, ".cs"))), packages);
        Assert.Empty(build.Problems.Select(p => p.ToString()));
        Assert.Empty(DeadlyConstructs.Find(build));
    }

    [Fact]
    public void Every_fact_that_is_kept_stands_in_the_full_listing()
    {
        CSharpCompilation mscorlib = ApiListings.Require("mscorlib");
        Assert.Empty(ApiFacts.Load(Package).Lines.Except(ApiListings.FactsOf(Listing(Package, mscorlib))));
    }

    [Fact]
    public void The_kept_facts_are_sorted_and_say_nothing_twice()
    {
        IReadOnlyList<string> lines = ApiFacts.Load(Package).Lines;
        Assert.Equal(lines.Distinct().Order(StringComparer.Ordinal), lines);
    }

    [Fact]
    public void Asserts_throw_when_they_fail_and_only_then()
    {
        DeviceAssert.IsTrue(true);
        DeviceAssert.IsFalse(false);
        DeviceAssert.AreEqual(1, 1);
        DeviceAssert.AreEqual(1u, 1u);
        DeviceAssert.AreEqual("a", "a");
        DeviceAssert.AreNotEqual("a", "b");
        int two = 2;
        Assert.Equal("Assert.AreEqual failed. Expected:<1>. Actual:<2>. two", Assert.Throws<AssertFailedException>(() => DeviceAssert.AreEqual(1, two)).Message);
        Assert.Throws<AssertFailedException>(() => DeviceAssert.IsTrue(false));
        Assert.Throws<AssertFailedException>(() => DeviceAssert.IsFalse(true));
        Assert.Throws<AssertFailedException>(() => DeviceAssert.AreEqual(1u, 2u));
        Assert.Throws<AssertFailedException>(() => DeviceAssert.AreEqual("a", "b"));
        Assert.Throws<AssertFailedException>(() => DeviceAssert.AreNotEqual("a", "a"));
        Assert.Throws<SkipTestException>(() => DeviceAssert.SkipTest("not here"));
    }

    private static CSharpCompilation Listing(string package, CSharpCompilation mscorlib) =>
        SurfaceCompiler.Reference(package, File.ReadAllText(ReferenceData.Require($"nanoframework-api/{package}.txt")), mscorlib);

    private static SortedSet<string> FactsOfStandIn()
    {
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal))
            .Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create(
            "StandIn", SurfaceCompiler.ParseFiles(Repository.Files(StandInFolder, ".cs")), references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));

        // What derives from the base library is the base library's business, here as there.
        return new SortedSet<string>(
            compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>().Where(t => t.DeclaredAccessibility == Accessibility.Public).SelectMany(ApiNotation.FactsOf),
            StringComparer.Ordinal);
    }
}
