// Port to the runtime's loading of code: assemblies from arrays, and the one class that a bundle names.
// What was loaded stays: there is no unload, and the arrays belong to the runtime from then on.
// Implemented by AssemblyPort on mscorlib's reflection. Tests: through PeLoader, tests/boards/drivers.
using EsyncAgent.App;

namespace EsyncAgent.Drivers;

/// <summary>Loads assemblies and makes an application.</summary>
public interface IAssemblyPort
{
    /// <summary>Loads an assembly; what the runtime throws passes through.</summary>
    void Load(byte[] assembly);

    /// <summary>True when the assembly loaded last has a class of this full name that is an application.</summary>
    bool HasApplication(string className);

    /// <summary>Makes an object of it; what its constructor throws passes through.</summary>
    IApplication Create(string className);
}
