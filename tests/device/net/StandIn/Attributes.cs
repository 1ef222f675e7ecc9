// Stands for the attributes of nanoFramework.TestFramework on .NET 10, where that package has nothing to run on. Everything
// public here is a part of the package's own surface; tests/device/StandInTests.cs holds it to that.
using System;

namespace nanoFramework.TestFramework;

/// <summary>A class with device tests.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public class TestClassAttribute : Attribute
{
}

/// <summary>A test: a public method without parameters.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = false)]
public class TestMethodAttribute : Attribute
{
}

/// <summary>A test with these arguments; one for each attribute.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public class DataRowAttribute : Attribute
{
    /// <summary>Makes a row.</summary>
    public DataRowAttribute(params object[] methodParameters)
    {
        MethodParameters = methodParameters;
    }

    /// <summary>The arguments.</summary>
    public object[] MethodParameters { get; }
}

/// <summary>Runs before the tests of its class.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = false)]
public class SetupAttribute : Attribute
{
}

/// <summary>Runs after the tests of its class.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = false)]
public class CleanupAttribute : Attribute
{
}
