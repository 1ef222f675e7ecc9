// Tests that try a fault at many places take every so-many-th of them; all of them take minutes and are asked for:
//   ESYNC_EVERY_STEP=1 dotnet run --project tests -c Release -- -class "*AllOrNothingTests" -class "*ServerKillTests" -showliveoutput
namespace EsyncTests;

internal static class EveryStep
{
    /// <summary>How many places to go on from one try to the next.</summary>
    public static int Stride(int usual) => Environment.GetEnvironmentVariable("ESYNC_EVERY_STEP") == "1" ? 1 : usual;
}
