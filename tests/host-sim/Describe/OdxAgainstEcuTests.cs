// The description against an ECU that runs: each identifier and each routine without access is asked for, and the answer must be as long as the
// description says, and begin as it says.
using System.Xml.Linq;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Describe;
using Xunit;

namespace EsyncTests.HostSim.Describe;

public sealed class OdxAgainstEcuTests
{
    private static readonly EcuDefinition Motor = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");

    [Fact]
    public void Each_answer_is_as_the_description_says()
    {
        OdxLayer layer = new("motor");
        new OdxCommonServices(layer, Motor).Add();
        new OdxDataServices(layer, Motor).Add();
        OdxService[] asked = [.. layer.Services.Where(IsHarmless)];
        VirtualBench bench = new(new VirtualTime(), 1, [Motor]);
        UdsTester tester = new(new IsoTpLink(bench.Bus, Motor.Config.CanIf, name: "tester"), new TesterTiming());
        bench.Ecus[0].Ecu.PowerOn();

        Dictionary<string, byte[]> answers = bench.Time.Run(async () =>
        {
            Dictionary<string, byte[]> came = [];
            await bench.Time.DelayMs(500);
            await tester.RequestAsync([0x10, 0x03], "session");
            foreach (OdxService service in asked)
            {
                Assert.True(await tester.TryAsync(Bytes(service.Request)), $"{service.Name} was refused");
                came[service.Name] = await tester.RequestAsync(Bytes(service.Request), service.Name);
            }

            return came;
        });

        Assert.True(asked.Length > 40, $"{asked.Length} services");
        foreach (OdxService service in asked)
        {
            byte[] answer = answers[service.Name];
            byte[] constants = Bytes(service.Response);
            int fixedPart = service.Response.Parameters.TakeWhile(parameter => parameter.Attribute(XName.Get("type", "http://www.w3.org/2001/XMLSchema-instance"))!.Value == "CODED-CONST").Count();
            int begin = fixedPart == service.Response.Parameters.Count() ? constants.Length : (int)service.Response.Parameters.ElementAt(fixedPart).Element("BYTE-POSITION")!;
            Assert.True(answer.AsSpan(0, begin).SequenceEqual(constants.AsSpan(0, begin)), $"{service.Name}: {Convert.ToHexString(answer)}");
            Assert.True(service.Response.IsOpen ? answer.Length >= service.Response.Length : answer.Length == service.Response.Length, $"{service.Name}: {answer.Length} bytes, described {service.Response.Length}");
        }
    }

    // What needs no access and changes nothing but the session.
    private static bool IsHarmless(OdxService service) => !service.NeedsAccess && service.Sessions is [] or [.., "extended"] && !service.NeedsAccess
        && (service.Name.StartsWith("Read_", StringComparison.Ordinal) || service.Name.StartsWith("ReadDTC_", StringComparison.Ordinal) || service.Name.StartsWith("CommunicationControl", StringComparison.Ordinal)
            || service.Name is "TesterPresent" or "Session_extended" or "Authentication_configuration" or "ControlDTCSetting_on" || service.Name.StartsWith("Start_0203", StringComparison.Ordinal))
        && !service.Name.StartsWith("ReadDTC_snapshot", StringComparison.Ordinal) && !service.Name.StartsWith("ReadDTC_extended", StringComparison.Ordinal);

    // The constants of a message, values as FF for a mask and 01 for what else is asked.
    private static byte[] Bytes(OdxMessage message)
    {
        byte[] bytes = new byte[message.Length];
        foreach (XElement parameter in message.Parameters)
        {
            int position = (int)parameter.Element("BYTE-POSITION")!;
            if (parameter.Element("CODED-VALUE") is { } constant)
            {
                int length = (int)parameter.Descendants("BIT-LENGTH").Single() / 8;
                for (int i = 0; i < length; i++)
                {
                    bytes[position + i] = (byte)((uint)constant >> (8 * (length - 1 - i)));
                }
            }
            else if (position < bytes.Length)
            {
                bytes[position] = 0x01;
            }
        }

        return bytes;
    }
}
