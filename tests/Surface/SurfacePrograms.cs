// What goes onto a board, compiled as there: each project with exactly the assemblies and projects that it refers to.
namespace EsyncTests.Surface;

/// <summary>Builds on one set of libraries; each is made once.</summary>
internal sealed class SurfacePrograms(SurfaceLibraries libraries)
{
    private readonly Dictionary<string, SurfaceBuild> _made = [];

    /// <summary>A project, by its path.</summary>
    public SurfaceBuild Build(string path)
    {
        if (!_made.TryGetValue(path, out SurfaceBuild? build))
        {
            NfProject project = NfProject.Read(path);
            build = SurfaceCompiler.Build(
                project.AssemblyName,
                SurfaceCompiler.ParseFiles(project.Sources, project.Language),
                [.. project.Assemblies.Select(libraries.Get), .. project.Projects.Select(p => Build(p).Compilation)]);
            _made.Add(path, build);
        }

        return build;
    }
}
