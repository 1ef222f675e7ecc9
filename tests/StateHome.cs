// The user's own register of used signatures is not the tests' to write into: they, and the processes that they start, have
// one of their own.
using System.Runtime.CompilerServices;

namespace EsyncTests;

internal static class StateHome
{
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable("XDG_STATE_HOME", Directory.CreateTempSubdirectory("esync-state-").FullName);
}
