// The version of the contract's assembly: major is the contract version, for nanoFramework binds an application to it by
// major and minor (PROTOCOL.md, "Application bundle"). It stands here because a nanoFramework project cannot say it.
// Tests: tests/host-sim/Packages/NanoBundleCheckTests.cs.
[assembly: System.Reflection.AssemblyVersion("2.0.0.0")]
