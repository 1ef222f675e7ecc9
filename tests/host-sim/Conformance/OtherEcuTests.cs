// Conformance of ECUs other than the one that the catalogue is run on: what their boards and limits change in the verdicts.
using EsyncSim.Config;
using EsyncSim.Conformance;
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class OtherEcuTests
{
    [Fact]
    public void A_driver_that_does_not_tell_the_length_of_a_frame_fails_the_cases_on_short_frames_and_no_others()
    {
        EcuDefinition pump = Ecu("pump");
        using VirtualConformanceTarget target = new(pump, ProfileOfConfig.Of(pump), 1, TestContext.Current.CancellationToken);

        string[] failed = [.. ConformanceCatalogue.Select(["TP-00*", "TP-01*", "TP-02*", "TP-03*", "TP-075", "TP-08*"])
            .Where(one => ConformanceRunner.Run(one, target).Verdict == ConformanceVerdict.Fail)
            .Select(one => one.Id)];

        Assert.Equal(["TP-009", "TP-011", "TP-024", "TP-036", "TP-075"], failed);
    }

    [Theory]
    [InlineData(1026, true)]
    [InlineData(900, false)]
    public void A_request_one_byte_too_long_is_refused_where_the_profile_says(int named, bool isPassed)
    {
        EcuDefinition motor = Ecu("motor");
        motor.Config.Dcm.MessageLengthMax = 1026;
        motor.Config.Dcm.ResponseLengthMax = 1026;
        ConformanceProfile profile = ProfileOfConfig.Of(motor);
        profile = profile with { Transport = profile.Transport with { RequestLengthMax = named } };
        using VirtualConformanceTarget target = new(motor, profile, 1, TestContext.Current.CancellationToken);

        Assert.Equal(isPassed ? ConformanceVerdict.Pass : ConformanceVerdict.Fail, ConformanceRunner.Run(ConformanceCatalogue.Select(["TP-027"])[0], target).Verdict);
        Assert.Equal(ConformanceVerdict.Pass, ConformanceRunner.Run(ConformanceCatalogue.Select(["TP-028"])[0], target).Verdict);
    }

    [Fact]
    public void Twenty_nine_bit_identifiers_are_judged_too()
    {
        EcuDefinition climate = Ecu("climate");
        using VirtualConformanceTarget target = new(climate, ProfileOfConfig.Of(climate), 1, TestContext.Current.CancellationToken);

        Assert.All(ConformanceCatalogue.Select(["TP-05*", "TP-09*"]), one =>
        {
            ConformanceResult result = ConformanceRunner.Run(one, target);
            Assert.True(result.Verdict == ConformanceVerdict.Pass || one.Id == "TP-096", $"{one.Id} {result.Verdict} {result.Reason} {result.Broken}");
        });
    }

    private static EcuDefinition Ecu(string name) => NfConfig.Load(Repository.PathOf("nf.config")).Ecu(name);
}
