// A board's application loader: bundles in and out, the application on its thread, and each way in which it can go wrong.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncAgent.App;
using EsyncAgent.Drivers;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class PeLoaderTests
{
    public static TheoryData<int> Pieces => [1, 3, 103, 104, 105, 128, 4096, 100_000];

    [Theory]
    [MemberData(nameof(Pieces))]
    public void Assemblies_arrive_whole_in_arrays_of_their_own_however_the_image_is_cut(int piece)
    {
        byte[][] assemblies = [PeImage.Of(1), PeImage.Of([.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7))]), PeImage.Of(9, 8, 7)];
        using PeLoaderRig rig = new();
        Assert.Equal(StdReturn.Ok, rig.Start(PeLoaderRig.Bundle(assemblies), piece));
        Assert.Equal(assemblies, rig.Assemblies.Loaded);
        Assert.Equal((ApplicationState.Starting, null), (rig.Loader.State, rig.Loader.Trouble));
    }

    [Fact]
    public void Nothing_runs_before_the_start()
    {
        using PeLoaderRig rig = new();
        rig.RunFor(5);
        Assert.Equal((ApplicationState.NotStarted, 0u), (rig.Loader.State, rig.Loader.AliveCounter));
        Assert.Equal((ApplicationAnswer.Unknown, -1, true), (rig.Read(0x0100, new byte[64]), rig.Loader.TakeEvent(), rig.Loader.IsUpdateAllowed));
    }

    [Fact]
    public void It_takes_bundles_of_nanoFramework_and_of_the_resident_contract()
    {
        using PeLoaderRig rig = new();
        Assert.Equal((byte)BundleRuntime.NanoFramework, rig.Loader.Runtime);
        Assert.Equal(2, rig.Loader.ContractVersion);
    }

    // Offset and value of the byte that is spoiled; what host-sim's reader refuses, the board refuses too.
    [Theory]
    [InlineData(0, 0x00, "header of a bundle")]
    [InlineData(4, 0x02, "header of a bundle")]
    [InlineData(11, 0x00, "another length")]
    [InlineData(12, 0x00, "header is malformed")]
    [InlineData(35, 0x41, "header is malformed")]
    [InlineData(36, 0x00, "header is malformed")]
    [InlineData(36, 0x09, "header is malformed")]
    [InlineData(40, 0x07, "header is malformed")]
    [InlineData(103, 0x41, "header is malformed")]
    [InlineData(107, 0x02, "section 0")]
    [InlineData(108, 0x80, "section 0")]
    [InlineData(111, 0x75, "section 0")]
    [InlineData(111, 0x04, "section 0")]
    [InlineData(112, 0xFF, "section 0")]
    [InlineData(115, 0x7E, "section 0")]
    public void A_spoiled_bundle_is_refused_as_host_sim_refuses_it(int offset, byte value, string reason)
    {
        byte[] image = PeLoaderRig.Bundle();
        Assert.NotEqual(value, image[offset]);
        image[offset] = value;
        Assert.NotNull(ApplicationBundle.TryParse(image, out _));
        using PeLoaderRig rig = new();
        Assert.Equal(StdReturn.NotOk, rig.Start(image, piece: 7));
        Assert.Contains(reason, rig.Loader.Trouble);
        Assert.Empty(rig.Assemblies.Loaded);
    }

    [Theory]
    [InlineData(5, 1, "runtime 1 and contract version 2")]
    [InlineData(7, 1, "runtime 2 and contract version 1")]
    [InlineData(7, 3, "runtime 2 and contract version 3")]
    [InlineData(7, 0, "contract version 0")]
    public void A_bundle_for_something_else_is_not_started(int offset, byte value, string reason)
    {
        byte[] image = PeLoaderRig.Bundle();
        image[offset] = value;
        using PeLoaderRig rig = new();
        Assert.Equal(StdReturn.NotOk, rig.Start(image));
        Assert.Equal(ApplicationState.Faulted, rig.Loader.State);
        Assert.Contains(reason, rig.Loader.Trouble);
        Assert.Equal(StdReturn.Ok, rig.Start());
    }

    [Fact]
    public void An_image_that_is_not_whole_is_not_started()
    {
        using PeLoaderRig rig = new();
        byte[] image = PeLoaderRig.Bundle();
        rig.Loader.Begin((uint)image.Length);
        rig.Loader.Append(image, 0, image.Length - 1);
        Assert.Equal(StdReturn.NotOk, rig.Loader.Start());
        Assert.Contains("not all bytes", rig.Loader.Trouble);
    }

    [Fact]
    public void More_bytes_than_announced_are_refused_and_too_few_for_a_header_at_once()
    {
        using PeLoaderRig rig = new();
        byte[] image = PeLoaderRig.Bundle();
        Assert.Equal(StdReturn.NotOk, rig.Loader.Begin(103));
        Assert.Equal(StdReturn.Ok, rig.Loader.Begin((uint)image.Length));
        Assert.Equal(StdReturn.Ok, rig.Loader.Append(image, 0, image.Length));
        Assert.Equal(StdReturn.NotOk, rig.Loader.Append(image, 0, 1));
    }

    [Fact]
    public void Memory_that_cannot_be_had_is_said_when_the_header_has_come()
    {
        byte[] image = PeLoaderRig.Bundle();
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(8), 0x9000_0000);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(112), 0x8000_0000); // longer than an array can be
        using PeLoaderRig rig = new();
        Assert.Equal(StdReturn.Ok, rig.Loader.Begin(0x9000_0000));
        Assert.Equal(StdReturn.NotOk, rig.Loader.Append(image, 0, image.Length));
        Assert.Equal("there is no free memory for an assembly of 2147483648 bytes in one piece", rig.Loader.Trouble);
    }

    [Fact]
    public void One_image_per_reboot()
    {
        using PeLoaderRig rig = new();
        Assert.Equal(StdReturn.Ok, rig.Start());
        Assert.Equal(StdReturn.NotOk, rig.Loader.Begin(5000));
        Assert.Equal(StdReturn.NotOk, rig.Loader.Start());
        Assert.Single(rig.Assemblies.Loaded);
    }

    [Fact]
    public void What_the_runtime_throws_becomes_a_state_and_needs_a_reset()
    {
        using PeLoaderRig rig = new();
        rig.Assemblies.LoadFault = new InvalidOperationException("native checksum");
        Assert.Equal(StdReturn.NotOk, rig.Start());
        Assert.Equal(ApplicationState.Faulted, rig.Loader.State);
        Assert.Contains("System.InvalidOperationException native checksum", rig.Loader.Trouble);
        Assert.Equal(StdReturn.NotOk, rig.Loader.Begin(5000));
    }

    [Theory]
    [InlineData(0, 0x4D)]
    [InlineData(5, 0x32)]
    [InlineData(100, 0x7E)]
    [InlineData(103, 0x01)]
    public void The_runtime_is_given_no_array_that_it_would_read_beyond(int offset, byte value)
    {
        byte[] assembly = PeImage.Of(1);
        assembly[offset] = value;
        using PeLoaderRig rig = new();
        Assert.Equal(StdReturn.NotOk, rig.Start(PeLoaderRig.Bundle(PeImage.Of(2), assembly)));
        Assert.Equal("assembly 1 of the bundle is no .pe of nanoFramework, or not a whole one", rig.Loader.Trouble);
        Assert.Single(rig.Assemblies.Loaded);
    }

    [Fact]
    public void An_assembly_shorter_than_its_header_is_refused()
    {
        using PeLoaderRig rig = new();
        Assert.Equal(StdReturn.NotOk, rig.Start(PeLoaderRig.Bundle(PeImage.Of()[..123])));
        Assert.Contains("assembly 0", rig.Loader.Trouble);
    }

    [Fact]
    public void A_class_that_is_no_application_is_not_started()
    {
        using PeLoaderRig rig = new();
        rig.Assemblies.ClassName = "Another.Class";
        Assert.Equal(StdReturn.NotOk, rig.Start());
        Assert.Contains("class Bench.Application", rig.Loader.Trouble);
    }

    [Fact]
    public void A_thread_that_cannot_be_had_is_a_refusal()
    {
        using PeLoaderRig rig = new();
        rig.Thread.StartFault = new OutOfMemoryException();
        Assert.Equal(StdReturn.NotOk, rig.Start());
        Assert.Equal(ApplicationState.Faulted, rig.Loader.State);
    }

    [Fact]
    public void An_application_has_its_turn_every_ten_milliseconds_and_is_told_the_time()
    {
        ScriptedApplication application = new();
        using PeLoaderRig rig = new();
        rig.Start(application);
        rig.RunFor(1000);
        Assert.Equal((ApplicationState.Running, 100u, 100), (rig.Loader.State, rig.Loader.AliveCounter, application.Turns));
        Assert.Equal(FotaError.None, rig.Judgement);
        uint before = application.LastMs;
        rig.RunFor(10);
        Assert.Equal(10u, application.LastMs - before);
    }

    [Fact]
    public void Events_come_in_order_and_the_newest_is_lost_when_too_many_wait()
    {
        IApplicationServices? services = null;
        using PeLoaderRig rig = new();
        rig.Start(new ScriptedApplication { OnStart = s => services = s, OnCycle = turn => services!.ReportEvent((byte)(turn + 15), turn % 2 == 1) });
        rig.RunFor(400);
        Assert.Equal(2, services!.ContractVersion);
        Assert.Equal([.. Enumerable.Range(16, 32).Select(e => (e * 2) + ((e - 15) % 2))], Enumerable.Range(0, 40).Select(_ => rig.Loader.TakeEvent()).TakeWhile(e => e >= 0));
        rig.RunFor(10);
        Assert.Equal((15 + 41) * 2 + 1, rig.Loader.TakeEvent());
        Assert.Equal(-1, rig.Loader.TakeEvent());
    }

    [Fact]
    public void A_value_is_asked_of_the_application_in_its_turn()
    {
        int asked = 0;
        using PeLoaderRig rig = new();
        rig.Start(new ScriptedApplication
        {
            OnRead = (id, into) =>
            {
                asked++;
                into[0] = (byte)id;
                return id == 0x0101 ? 1 : -1;
            },
        });
        rig.RunFor(20);
        byte[] value = new byte[64];
        Assert.Equal(ApplicationAnswer.NotYet, rig.Read(0x0101, value));
        Assert.Equal(ApplicationAnswer.NotYet, rig.Read(0x0101, value));
        rig.RunFor(10);
        Assert.Equal((1, 1, 1), (rig.Read(0x0101, value), value[0], asked));
        Assert.Equal(ApplicationAnswer.NotYet, rig.Read(0x0102, value));
        rig.RunFor(10);
        Assert.Equal((ApplicationAnswer.Unknown, 2), (rig.Read(0x0102, value), asked));
    }

    [Fact]
    public void An_answer_that_nobody_came_for_is_not_given_to_a_later_question()
    {
        byte now = 1;
        using PeLoaderRig rig = new();
        rig.Start(new ScriptedApplication { OnRead = (_, into) => { into[0] = now; return 1; } });
        rig.RunFor(20);
        byte[] value = new byte[64];
        Assert.Equal(ApplicationAnswer.NotYet, rig.Read(0x0100, value));
        rig.RunFor(1500);
        now = 2;
        Assert.Equal(ApplicationAnswer.NotYet, rig.Read(0x0100, value));
        rig.RunFor(10);
        Assert.Equal((1, 2), (rig.Read(0x0100, value), value[0]));
    }

    [Theory]
    [InlineData(65, 64)]
    [InlineData(9, 8)]
    [InlineData(-7, 64)]
    public void A_value_that_does_not_fit_is_not_given(int claimed, int room)
    {
        using PeLoaderRig rig = new();
        rig.Start(new ScriptedApplication { OnRead = (_, _) => claimed });
        rig.RunFor(20);
        Assert.Equal(ApplicationAnswer.NotYet, rig.Read(0x0100, new byte[room]));
        rig.RunFor(10);
        Assert.Equal(ApplicationAnswer.Unknown, rig.Read(0x0100, new byte[room]));
    }

    [Fact]
    public void Its_consent_is_that_of_its_last_turn()
    {
        bool isAllowed = false;
        using PeLoaderRig rig = new();
        rig.Start(new ScriptedApplication { OnConsent = () => isAllowed });
        rig.RunFor(20);
        Assert.False(rig.Loader.IsUpdateAllowed);
        isAllowed = true;
        rig.RunFor(10);
        Assert.True(rig.Loader.IsUpdateAllowed);
    }

    [Fact]
    public void A_stalled_application_neither_forbids_an_update_nor_answers()
    {
        using PeLoaderRig rig = new();
        bool isStalled = true;
        rig.Start(new ScriptedApplication { OnConsent = () => false, OnRead = (_, _) => 0, OnCycle = turn => { while (turn == 3 && isStalled) { rig.Thread.GiveWay(); } } });
        rig.RunFor(500);
        Assert.False(rig.Loader.IsUpdateAllowed);
        Assert.Equal(ApplicationAnswer.NotYet, rig.Read(0x0100, new byte[64]));
        rig.RunFor(1000);
        Assert.True(rig.Loader.IsUpdateAllowed);
        Assert.Equal(ApplicationAnswer.Unknown, rig.Read(0x0100, new byte[64]));
        isStalled = false;
        rig.RunFor(20);
        Assert.False(rig.Loader.IsUpdateAllowed);
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        using PeLoaderRig rig = new();
        rig.Start(new ScriptedApplication { OnRead = (_, _) => 4 });
        rig.RunFor(50);
        byte[] value = new byte[64];
        rig.Read(0x0100, value);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint now = 0; now < 1000; now++)
        {
            rig.Loader.MainFunction(now);
            rig.Read((ushort)(0x0100 + (now & 1)), value);
            rig.Loader.TakeEvent();
            _ = rig.Loader.IsUpdateAllowed;
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
