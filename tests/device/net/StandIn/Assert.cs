// Stands for the asserts of nanoFramework.TestFramework that the device tests use. A failed one throws, with a message as
// the package's own has it.
using System;
using System.Runtime.CompilerServices;
using TestFrameworkShared;

namespace nanoFramework.TestFramework;

/// <summary>Asserts.</summary>
public sealed class Assert
{
    private Assert()
    {
    }

    /// <summary>Fails unless the condition holds.</summary>
    public static void IsTrue(bool condition, [CallerArgumentExpression("condition")] string message = "")
    {
        Check(condition, "Assert.IsTrue failed. " + message);
    }

    /// <summary>Fails when the condition holds.</summary>
    public static void IsFalse(bool condition, [CallerArgumentExpression("condition")] string message = "")
    {
        Check(!condition, "Assert.IsFalse failed. " + message);
    }

    /// <summary>Fails unless both are equal.</summary>
    public static void AreEqual(int expected, int actual, [CallerArgumentExpression("actual")] string message = "")
    {
        Check(expected == actual, Difference(expected, actual, message));
    }

    /// <summary>Fails unless both are equal.</summary>
    public static void AreEqual(uint expected, uint actual, [CallerArgumentExpression("actual")] string message = "")
    {
        Check(expected == actual, Difference(expected, actual, message));
    }

    /// <summary>Fails unless both are equal.</summary>
    public static void AreEqual(string expected, string actual, [CallerArgumentExpression("actual")] string message = "")
    {
        Check(expected == actual, Difference(expected, actual, message));
    }

    /// <summary>Fails when both are equal.</summary>
    public static void AreNotEqual(string notExpected, string actual, [CallerArgumentExpression("actual")] string message = "")
    {
        Check(notExpected != actual, "Assert.AreNotEqual failed. Not expected:<" + notExpected + ">. " + message);
    }

    /// <summary>Ends the test as skipped.</summary>
    public static void SkipTest(string message = null)
    {
        throw new SkipTestException(message);
    }

    private static string Difference(object expected, object actual, string message)
    {
        return "Assert.AreEqual failed. Expected:<" + expected + ">. Actual:<" + actual + ">. " + message;
    }

    private static void Check(bool isGood, string message)
    {
        if (!isGood)
        {
            throw new AssertFailedException(message);
        }
    }
}
