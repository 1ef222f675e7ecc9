// Data up: signals of the application and of another ECU's frames, periodic data, the record of a DTC with what was before and
// after it, the log that a power cut leaves whole, and the acknowledgement.
// Invariant: the power goes in an operation of the log; each record that was read before is there again, or counted as dropped.
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>Signals, periodic data, DTC, report log.</summary>
public sealed class StoryData : Story
{
    private const byte AuthenticationFailed = 0x58;
    private const int Sample = 1;
    private const int Start = 2;
    private const int Dtc = 4;
    private const int SpeedHundredths = 8050;
    private const int AccessDelayMs = 1100;
    private const int LogMs = 120000;
    private const int StepMs = 1000;
    private const uint UtcHigh = 0x19B; // milliseconds since 1970: July 2026
    private const uint UtcLow = 0x76E5F800;

    private readonly ReportReader _reports = new ReportReader();

    /// <summary>Makes it.</summary>
    public StoryData(World world)
        : base(world)
    {
    }

    /// <inheritdoc/>
    public override string Title
    {
        get { return "Data up: signals, periodic data, a DTC and the report log"; }
    }

    /// <inheritdoc/>
    public override int StepCount
    {
        get { return 7; }
    }

    /// <inheritdoc/>
    public override void Run()
    {
        ReadSignals();
        ReceivePeriodic();
        ProvokeDtc();
        SetTime();

        Steps.Begin("reports (0230)");
        ReadWithDtc();
        int count = _reports.Count;
        int starts = _reports.CountOf(Start);
        Client.Expect(starts > 1 && _reports.CountOf(Sample) > starts, "there are records of " + starts.ToString() + " starts");
        Steps.End(
            count.ToString() + " records, " + _reports.CountOf(Sample).ToString() + " of them samples, " + starts.ToString() + " starts, "
            + _reports.CountOf(Dtc).ToString() + " of DTCs");

        Steps.Begin("power off and on, reports");
        uint last = _reports.Last;
        uint epoch = _reports.Epoch;
        uint dropped = Dropped();
        PowerOffAndOn();
        dropped = Dropped() - dropped;
        _reports.ReadAll(World.Tester, last + 1);
        int newer = _reports.Count;
        _reports.ReadAll(World.Tester, 1);
        int kept = _reports.Count - newer;
        Client.Expect(
            _reports.Epoch == epoch && kept <= count && kept + (int)dropped >= count,
            "of " + count.ToString() + " records " + kept.ToString() + " are there and " + dropped.ToString() + " counted as dropped");
        Steps.End(kept.ToString() + " are there, " + (count - kept).ToString() + " made room and are counted; " + newer.ToString() + " newer");

        Acknowledge();
        Leave();
    }

    // The application's and another ECU's, in one request.
    private void ReadSignals()
    {
        Steps.Begin("signals (22 0200 F201)");
        World.Tester.IsKeptAlive = true;
        Client.Session(0x03);
        World.Tester.SendSpeed(SpeedHundredths);
        World.Wait(2);
        byte[] response = World.Tester.Response;
        World.Tester.Require(World.Tester.Put(0x22, 0x02, 0x00, 0xF2, 0x01), 10);
        Client.Expect(response[3] == 0 && BigEndian.ReadU16(response, 4) == SpeedHundredths, "the speed is " + Text.Hex(response, 3, 3));
        Client.Expect(response[8] == 0, "the air's temperature is " + Text.Hex(response, 8, 2));
        Steps.End("80.50 km/h from a frame of another ECU, air " + response[9].ToString() + " degrees");
    }

    private void ReceivePeriodic()
    {
        const int HalfSecondMs = 500;
        const int FramesMin = 9;
        Steps.Begin("periodic data (2A 03 01)");
        Tester tester = World.Tester;
        int before = tester.PeriodicCount;
        tester.Require(tester.Put(0x2A, 0x03, 0x01), 1);
        World.Wait(HalfSecondMs);
        int frames = tester.PeriodicCount - before;
        Client.Expect(frames >= FramesMin && tester.Periodic[0] == 0x01 && tester.Periodic[1] == 0, frames.ToString() + " frames came");
        tester.Require(tester.Put(0x2A, 0x04), 1);
        before = tester.PeriodicCount;
        World.Wait(HalfSecondMs);
        Client.Expect(tester.PeriodicCount == before, "frames still come after stop");
        Steps.End(frames.ToString() + " frames in half a second, none after stop");
    }

    private void ProvokeDtc()
    {
        Steps.Begin("wrong proof (29), 19 02 01");
        byte code = Client.AuthenticateWrongly();
        Client.Expect(code == AuthenticationFailed, "the answer is " + Text.Hex(code));
        byte[] response = World.Tester.Response;
        World.Tester.Require(World.Tester.Put(0x19, 0x02, 0x01), 7);
        Client.Expect(HasDtc(response, World.Tester.ResponseLength, 0x5A0400), "DTC 5A0400 is not there");
        World.Wait(AccessDelayMs);
        Client.Authenticate();
        Steps.End("refused; DTC 5A0400 has failed; access with the right one");
    }

    private void SetTime()
    {
        Steps.Begin("set time (0232)");
        Tester tester = World.Tester;
        tester.Put(0x31, 0x01, 0x02, 0x32);
        BigEndian.WriteU32(tester.Request, 4, UtcHigh);
        BigEndian.WriteU32(tester.Request, 8, UtcLow);
        tester.Require(12, 12);
        Client.Expect(BigEndian.ReadU16(tester.Response, 4) == 0, "the time is not taken");
        World.Wait(100);
        Client.Expect(Client.Read(0xFD12) == 14 && BigEndian.ReadU32(tester.Response, 9) == UtcHigh, "FD12 knows another time");
        uint ms = BigEndian.ReadU32(tester.Response, 13) - UtcLow;
        Client.Expect(ms >= 100 && ms < 200, "its time is " + ms.ToString() + " ms behind the client's");
        Steps.End("UTC is known, FD12 goes on from it");
    }

    // A record reaches the flash when it is worth a sector of its own, or when enough of them wait.
    private void ReadWithDtc()
    {
        for (int waitedMs = 0; waitedMs < LogMs; waitedMs += StepMs)
        {
            World.Wait(StepMs);
            _reports.ReadAll(World.Tester, 1);
            if (_reports.CountOf(Dtc) > 0)
            {
                return;
            }
        }

        throw new EmulatorException("the DTC is not reported");
    }

    // At the next operation of the log; nothing is left of it but what lies in the flash.
    private void PowerOffAndOn()
    {
        World.Flash.CutAfter(1);
        for (int waitedMs = 0; World.Ecu.IsOn && waitedMs < LogMs; waitedMs += StepMs)
        {
            World.Wait(StepMs);
        }

        Client.Expect(!World.Ecu.IsOn, "the power did not fail");
        World.Ecu.PowerOn();
        Client.AwaitPresence();
        Client.Session(0x03);
        Client.Authenticate();
        World.Wait(1000);
    }

    private void Acknowledge()
    {
        Steps.Begin("acknowledge (0231)");
        Tester tester = World.Tester;
        uint last = _reports.Last;
        tester.Put(0x31, 0x01, 0x02, 0x31);
        BigEndian.WriteU32(tester.Request, 4, _reports.Epoch);
        BigEndian.WriteU32(tester.Request, 8, last);
        tester.Require(12, 6);
        Client.Expect(BigEndian.ReadU16(tester.Response, 4) == 0, "the acknowledgement is not taken");
        Client.Expect(Client.Read(0xFD11) == 28 && BigEndian.ReadU32(tester.Response, 11) == last, "FD11 says another number");
        _reports.ReadAll(tester, 1);
        Client.Expect(_reports.Count == 0 || _reports.First > last, "an acknowledged record is handed out again");
        Steps.End("up to " + last.ToString() + "; the log hands out what is newer");
    }

    // Records that made room for others, of all priorities (FD11).
    private uint Dropped()
    {
        Client.Expect(Client.Read(0xFD11) == 28, "FD11 has another length");
        byte[] response = World.Tester.Response;
        return BigEndian.ReadU32(response, 15) + BigEndian.ReadU32(response, 19) + BigEndian.ReadU32(response, 23);
    }

    private static bool HasDtc(byte[] response, int length, uint dtc)
    {
        for (int at = 3; at + 4 <= length; at += 4)
        {
            if (BigEndian.ReadU32(response, at) >> 8 == dtc)
            {
                return true;
            }
        }

        return false;
    }
}
