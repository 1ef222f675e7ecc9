// Stands for the exceptions by which a test of nanoFramework.TestFramework ends early.
using System;

namespace TestFrameworkShared
{
    /// <summary>An assert failed.</summary>
    public class AssertFailedException : Exception
    {
        /// <summary>With a message.</summary>
        public AssertFailedException(string msg)
            : base(msg)
        {
        }
    }
}

namespace nanoFramework.TestFramework
{
    /// <summary>The test does not apply here.</summary>
    public class SkipTestException : Exception
    {
        /// <summary>With a reason.</summary>
        public SkipTestException(string message = null, Exception innerException = null)
            : base(message, innerException)
        {
        }
    }
}
