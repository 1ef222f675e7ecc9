// Each rule over the solution can fail: it lets a good solution pass and finds what is changed in it.
using Xunit;

namespace EsyncTests.Tidy;

public sealed class SolutionRuleTests
{
    private const string Nano = "{11111111-2222-3333-4444-55555555555A}";

    private const string Good = """
        Project("{2150E333-8FDC-42A3-9474-1A3956D46DE8}") = "boards", "boards", "{AAAAAAAA-2222-3333-4444-555555555555}"
        EndProject
        Project("{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}") = "esync", "host-sim\esync.csproj", "{99999999-2222-3333-4444-555555555555}"
        EndProject
        Project("{11A8DD76-328B-46DF-9F39-F559912D0360}") = "lamp", "boards\lamp\lamp.nfproj", "{11111111-2222-3333-4444-55555555555A}"
        EndProject
        Global
            GlobalSection(SolutionConfigurationPlatforms) = preSolution
                Debug|Any CPU = Debug|Any CPU
                Debug|nanoFramework = Debug|nanoFramework
                Release|Any CPU = Release|Any CPU
                Release|nanoFramework = Release|nanoFramework
            EndGlobalSection
            GlobalSection(ProjectConfigurationPlatforms) = postSolution
                {99999999-2222-3333-4444-555555555555}.Debug|Any CPU.ActiveCfg = Debug|Any CPU
                {99999999-2222-3333-4444-555555555555}.Debug|Any CPU.Build.0 = Debug|Any CPU
                {99999999-2222-3333-4444-555555555555}.Debug|nanoFramework.ActiveCfg = Debug|Any CPU
                {99999999-2222-3333-4444-555555555555}.Release|Any CPU.ActiveCfg = Release|Any CPU
                {99999999-2222-3333-4444-555555555555}.Release|Any CPU.Build.0 = Release|Any CPU
                {99999999-2222-3333-4444-555555555555}.Release|nanoFramework.ActiveCfg = Release|Any CPU
                {11111111-2222-3333-4444-55555555555A}.Debug|Any CPU.ActiveCfg = Debug|Any CPU
                {11111111-2222-3333-4444-55555555555A}.Debug|nanoFramework.ActiveCfg = Debug|Any CPU
                {11111111-2222-3333-4444-55555555555A}.Debug|nanoFramework.Build.0 = Debug|Any CPU
                {11111111-2222-3333-4444-55555555555A}.Debug|nanoFramework.Deploy.0 = Debug|Any CPU
                {11111111-2222-3333-4444-55555555555A}.Release|Any CPU.ActiveCfg = Release|Any CPU
                {11111111-2222-3333-4444-55555555555A}.Release|nanoFramework.ActiveCfg = Release|Any CPU
                {11111111-2222-3333-4444-55555555555A}.Release|nanoFramework.Build.0 = Release|Any CPU
                {11111111-2222-3333-4444-55555555555A}.Release|nanoFramework.Deploy.0 = Release|Any CPU
            EndGlobalSection
        EndGlobal
        """;

    private static readonly string[] Disk = ["boards/lamp/lamp.nfproj", "host-sim/esync.csproj"];

    [Fact]
    public void The_good_solution_has_no_finding() => Assert.Empty(SolutionRules.Find(Good, Disk, _ => Nano));

    [Theory]
    [InlineData("5A}.Debug|Any CPU.ActiveCfg = Debug|Any CPU", "5A}.Debug|Any CPU.Build.0 = Debug|Any CPU", "must not have")]
    [InlineData("5A}.Debug|Any CPU.ActiveCfg = Debug|Any CPU", "5A}.Debug|Any CPU.Build.0 = Debug|Any CPU", "lacks")]
    [InlineData("5A}.Release|nanoFramework.Deploy.0 = Release|Any CPU", "", "lacks")]
    [InlineData("5A}.Release|nanoFramework.Build.0 = Release|Any CPU", "5A}.Release|nanoFramework.Build.0 = Debug|Any CPU", "must not have")]
    [InlineData("55}.Debug|nanoFramework.ActiveCfg", "55}.Debug|nanoFramework.Build.0", "host-sim/esync.csproj must not have")]
    [InlineData("55}.Release|Any CPU.Build.0 = Release|Any CPU", "", "host-sim/esync.csproj lacks")]
    [InlineData("Debug|nanoFramework = Debug|nanoFramework", "Debug|x64 = Debug|x64", "configurations must be")]
    [InlineData("Project(\"{11A8DD76-328B-46DF-9F39-F559912D0360}\")", "Project(\"{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}\")", "the type of boards/lamp/lamp.nfproj must be {11A8")]
    [InlineData("Project(\"{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}\")", "Project(\"{9A19103F-16F7-4668-BE54-9A1E7A4F7556}\")", "the type of host-sim/esync.csproj must be {FAE0")]
    [InlineData("{99999999-2222-3333-4444-555555555555}", Nano, "have one GUID")]
    [InlineData(@"boards\lamp\lamp.nfproj", @"boards\lamp\lamb.nfproj", "boards/lamp/lamp.nfproj is missing")]
    [InlineData(@"boards\lamp\lamp.nfproj", @"boards\lamp\lamb.nfproj", "boards/lamp/lamb.nfproj is not on the disk")]
    public void A_departure_is_found(string good, string bad, string finding)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        string[] found = [.. SolutionRules.Find(Good.Replace(good, bad, StringComparison.Ordinal), Disk, _ => Nano)];
        Assert.Contains(found, f => f.StartsWith("EsyncAgent.sln: ", StringComparison.Ordinal) && f.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public void A_GUID_that_is_not_the_projects_own_is_found() =>
        Assert.Equal([$"EsyncAgent.sln: the GUID of boards/lamp/lamp.nfproj is {Nano}, its ProjectGuid other"], SolutionRules.Find(Good, Disk, _ => "other"));
}
