// Loads assemblies through mscorlib's reflection (nanoFramework: Assembly.Load keeps the array; there is no unload).
// Static constructors of an assembly run inside Load, before any other thread: one that does not end stops the board.
// Applications have none that work (contract), and a board's watchdog is the only remedy.
// Tests: tests/boards/drivers/AssemblyPortTests.cs.
using System;
using System.Reflection;
using EsyncAgent.App;

namespace EsyncAgent.Drivers;

/// <summary>The runtime's loader.</summary>
public sealed class AssemblyPort : IAssemblyPort
{
    private Assembly _last;

    /// <inheritdoc/>
    public void Load(byte[] assembly)
    {
        _last = Assembly.Load(assembly);
    }

    /// <inheritdoc/>
    public bool HasApplication(string className)
    {
        // Base classes are asked one by one: a runtime may list the interfaces of a class without those of its bases.
        Type type = _last.GetType(className);
        bool isClass = type != null && type.IsClass && !type.IsAbstract;
        for (; isClass && type != null; type = type.BaseType)
        {
            Type[] contracts = type.GetInterfaces();
            for (int i = 0; i < contracts.Length; i++)
            {
                if (contracts[i] == typeof(IApplication))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public IApplication Create(string className)
    {
        return (IApplication)_last.GetType(className).GetConstructor(new Type[0]).Invoke(null);
    }
}
