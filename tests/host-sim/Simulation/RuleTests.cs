// Each rule is broken by what it forbids, and by nothing else: a checker that cannot fail proves nothing.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Server;
using EsyncSim.Simulation;
using Xunit;

namespace EsyncTests.HostSim.Simulation;

public sealed class RuleTests
{
    private static Release Release(int index) => WatchedEcu.Fleet.Releases[index];

    [Fact]
    public void The_first_flash_of_the_fleet_breaks_no_rule()
    {
        Assert.All(RuleBook.Create(hasData: true), rule => Assert.Null(new WatchedEcu(rule).Broken(() => { })));
    }

    [Fact]
    public void A_bit_in_the_confirmed_image_breaks_bootable()
    {
        WatchedEcu ecu = new(new BootableRule());
        uint bank = ecu.Watch.Bank(ecu.Record().ActiveBank).Start;

        Assert.Contains("does not hold a whole signed release", ecu.Broken(() =>
        {
            ecu.WriteRecord(_ => { });
            ecu.Memory.FlipBit(bank + 5000, 3);
            ecu.Watch.Operation(new FlashOperation(0, FlashOperationKind.Program, bank, 1));
        }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_erase_of_the_confirmed_bank_or_its_slot_breaks_bootable_before_it_is_done(bool isSlot)
    {
        WatchedEcu ecu = new(new BootableRule());
        int active = ecu.Record().ActiveBank;
        uint address = (isSlot ? ecu.Watch.Slot(active) : ecu.Watch.Bank(active)).Start;

        Assert.Contains("confirmed bank", ecu.Broken(() => ecu.Operation(FlashOperationKind.Erase, address, 4096)));
    }

    [Fact]
    public void A_confirm_mark_and_the_other_bank_do_not()
    {
        WatchedEcu ecu = new(new BootableRule());
        int active = ecu.Record().ActiveBank;
        FlsArea slot = ecu.Watch.Slot(active);

        Assert.Null(ecu.Broken(() => ecu.Operation(FlashOperationKind.Program, slot.Start + slot.Length - 32, 32)));
        Assert.Null(ecu.Broken(() => ecu.Operation(FlashOperationKind.Erase, ecu.Watch.Bank(active ^ 1).Start, 4096)));
    }

    [Fact]
    public void The_loss_of_the_last_stable_copy_of_the_boot_record_breaks_bootable()
    {
        WatchedEcu ecu = new(new BootableRule());
        FlsArea[] copies = [ecu.Map.BootRecord0, ecu.Map.BootRecord1, ecu.Map.BootRecord2];
        ecu.WriteRecord(_ => { }); // alone in its sector, so that the few bits that an erase leaves unstable are its own

        void Erase(FlsArea copy)
        {
            ecu.Operation(FlashOperationKind.Erase, copy.Start, 4096);
            ecu.Memory.EraseCut((int)(copy.Start / 4096), CutModel.EraseMarginal);
        }

        Assert.Null(ecu.Broken(() => Erase(copies[0])));
        Assert.Null(ecu.Broken(() => Erase(copies[1])));
        Assert.Contains("no boot record", ecu.Broken(() => Erase(copies[2])));
    }

    [Fact]
    public void A_record_that_promises_a_previous_image_which_is_not_there_breaks_bootable()
    {
        WatchedEcu ecu = new(new BootableRule());

        Assert.Contains("Previous", ecu.Broken(() => ecu.WriteRecord(record => record.State[record.ActiveBank ^ 1] = BankState.Previous)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_start_that_leaves_a_copy_of_the_boot_record_torn_breaks_bootable_unless_the_flash_fails(bool hasFlashErrors)
    {
        WatchedEcu ecu = new(new BootableRule());
        ecu.Watch.HasFlashErrors = hasFlashErrors;
        Assert.Null(ecu.Broken(() => ecu.Rules.Serving(ecu.Watch)));
        ecu.Memory.FlipBit(RecordView.AddressOf(ecu.Memory, ecu.Map.BootRecord1) + 20, 1);

        string? broken = ecu.Broken(() => ecu.Rules.Serving(ecu.Watch));

        Assert.Equal(hasFlashErrors, broken is null);
    }

    [Fact]
    public void Bytes_that_were_not_signed_break_signed_when_they_are_about_to_run()
    {
        WatchedEcu ecu = new(new SignedRule());
        byte[] image = [.. Release(1).Image];

        Assert.Null(ecu.Broken(() => ecu.Rules.ApplicationStarts(ecu.Watch, image)));
        image[^1] ^= 1;
        Assert.Contains("not signed", ecu.Broken(() => ecu.Rules.ApplicationStarts(ecu.Watch, image)));
    }

    [Fact]
    public void A_manifest_that_was_not_signed_breaks_signed_when_it_is_bound()
    {
        WatchedEcu ecu = new(new SignedRule());

        Assert.Contains("bound", ecu.Broken(() => ecu.WriteRecord(record =>
        {
            record.State[record.ActiveBank ^ 1] = BankState.Receiving;
            record.Digests[BootRecord.DigestAt(record.ActiveBank ^ 1)] = 1;
        })));
    }

    [Fact]
    public void A_trial_of_an_older_release_breaks_forward()
    {
        WatchedEcu ecu = new(new VersionRule());
        ecu.Watch.EverConfirmed.Add(Release(3));

        Assert.Null(ecu.Broken(() => Try(ecu, Release(5))));
        Assert.Contains("older", ecu.Broken(() => Try(ecu, Release(1))));
    }

    [Fact]
    public void A_trial_below_the_floor_breaks_forward()
    {
        WatchedEcu ecu = new(new VersionRule());

        Assert.Contains("floor", ecu.Broken(() => Try(ecu, Release(1), floor: 2)));
    }

    [Fact]
    public void A_fourth_boot_of_one_trial_breaks_forward()
    {
        WatchedEcu ecu = new(new VersionRule());
        Assert.Null(ecu.Broken(() => Try(ecu, Release(1))));
        Assert.Null(ecu.Broken(() => ecu.Rules.ApplicationStarts(ecu.Watch, Release(1).Image)));
        Assert.Null(ecu.Broken(() => ecu.Rules.ApplicationStarts(ecu.Watch, Release(1).Image)));

        Assert.Contains("4th time", ecu.Broken(() => ecu.Rules.ApplicationStarts(ecu.Watch, Release(1).Image)));
    }

    [Fact]
    public void Another_image_than_the_one_that_the_record_names_breaks_forward()
    {
        WatchedEcu ecu = new(new VersionRule());

        Assert.Null(ecu.Broken(() => ecu.Rules.ApplicationStarts(ecu.Watch, Release(0).Image)));
        Assert.Contains("something else", ecu.Broken(() => ecu.Rules.ApplicationStarts(ecu.Watch, Release(1).Image)));
    }

    [Fact]
    public void A_fall_of_floor_sequence_number_or_record_sequence_breaks_confirmed()
    {
        Assert.Contains("floor", Broken(record => record.SecurityVersionFloor--));
        Assert.Contains("highest sequence number", Broken(record => record.SequenceNumberMax--));
        Assert.Contains("boot record's sequence", Broken(record => record.Sequence -= 2));
        Assert.Contains("which one counts", Broken(record => (record.Sequence, record.RollbackCount) = (record.Sequence - 1, 9)));
        Assert.Null(Broken(record => record.RollbackCount = 9));

        static string? Broken(Action<BootRecord> change)
        {
            WatchedEcu ecu = new(new ConfirmedRule());
            return ecu.Broken(() => ecu.WriteRecord(change));
        }
    }

    [Fact]
    public void Another_active_image_without_trial_or_order_breaks_confirmed()
    {
        WatchedEcu ecu = new(new ConfirmedRule());

        Assert.Contains("given up", ecu.Broken(() => Activate(ecu, Release(1))));
    }

    [Fact]
    public void A_confirmed_trial_is_followed_and_an_order_leads_back_once()
    {
        WatchedEcu ecu = new(new ConfirmedRule());
        Assert.Null(ecu.Broken(() => Try(ecu, Release(1))));
        Assert.Null(ecu.Broken(() => Activate(ecu, Release(1))));
        Assert.Same(Release(1), ecu.Watch.Confirmed);

        ecu.Watch.RollbackOrders = 1;
        Assert.Null(ecu.Broken(() => Activate(ecu, Release(0))));
        Assert.Same(Release(0), ecu.Watch.Confirmed);
        Assert.Contains("given up", ecu.Broken(() => Activate(ecu, Release(1))));
    }

    [Fact]
    public void A_release_that_does_not_work_breaks_confirmed_when_it_is_confirmed()
    {
        WatchedEcu ecu = new(new ConfirmedRule());
        Assert.Null(ecu.Broken(() => Try(ecu, Release(2))));

        Assert.Contains("does not work", ecu.Broken(() => Activate(ecu, Release(2))));
    }

    [Fact]
    public void A_message_that_is_lost_or_comes_twice_or_out_of_nothing_breaks_reports()
    {
        EsyncMessage message = Message(1, "INSTALL_READY");
        Assert.Null(Reports(rules => rules.VehicleMessage(message), rules => rules.Message(false, message), rules => rules.RunEnded([])));
        Assert.Null(Reports(rules => rules.VehicleMessage(message), rules => rules.VehicleMessage(message), rules => rules.Message(false, message), rules => rules.RunEnded([])));
        Assert.Contains("never reached", Reports(rules => rules.VehicleMessage(message), rules => rules.RunEnded([])));
        Assert.Contains("twice", Reports(rules => rules.VehicleMessage(message), rules => rules.Message(false, message), rules => rules.Message(false, message)));
        Assert.Contains("never sent", Reports(rules => rules.Message(false, message)));
        Assert.Contains("two messages", Reports(rules => rules.VehicleMessage(message), rules => rules.VehicleMessage(Message(1, "INSTALL_FAILED"))));
    }

    [Fact]
    public void Messages_out_of_their_order_break_reports()
    {
        EsyncMessage first = Message(1, "INSTALL_READY"), second = Message(2, "INSTALL_COMPLETED");

        Assert.Contains("after 2", Reports(rules => rules.VehicleMessage(first), rules => rules.VehicleMessage(second), rules => rules.Message(false, second), rules => rules.Message(false, first)));
    }

    [Fact]
    public void A_server_that_holds_an_ECU_for_updated_which_is_not_breaks_reports()
    {
        WatchedEcu ecu = new(new ReportRule());
        CampaignTarget target = new() { Ecu = ecu.Watch.Name, PackageName = "p", Version = Release(1).Version, File = [] };

        Assert.Null(ecu.Broken(() => ecu.Rules.TargetEnded(ecu.Watch, new TargetResult(target, TargetEnd.Failed, "", ""))));
        Assert.Contains("never confirmed", ecu.Broken(() => ecu.Rules.TargetEnded(ecu.Watch, new TargetResult(target, TargetEnd.UpToDate, "", ""))));
        ecu.Watch.EverConfirmed.Add(Release(1));
        Assert.Null(ecu.Broken(() => ecu.Rules.TargetEnded(ecu.Watch, new TargetResult(target, TargetEnd.Completed, "", ""))));
    }

    private static string? Reports(params Action<RuleBook>[] events)
    {
        WatchedEcu ecu = new(new ReportRule());
        return events.Select(told => ecu.Broken(() => told(ecu.Rules))).LastOrDefault(broken => broken is not null);
    }

    private static EsyncMessage Message(int number, string status) => new()
    {
        Type = EsyncType.UpdateStatus,
        Epoch = "e",
        ReplyTo = "r",
        Body = new EsyncBody { Package = new EsyncPackage { Type = "/ECU/motor", Name = "p", Status = status }, Sequence = number },
    };

    // The record puts a release on trial in the secondary bank, and it is started.
    private static void Try(WatchedEcu ecu, Release release, uint? floor = null)
    {
        ecu.Install(release, ecu.Record().ActiveBank ^ 1);
        ecu.WriteRecord(record =>
        {
            int bank = record.ActiveBank ^ 1;
            record.State[bank] = BankState.Trial;
            release.Digest.CopyTo(record.Digests, BootRecord.DigestAt(bank));
            record.SecurityVersionFloor = floor ?? record.SecurityVersionFloor;
        });
        ecu.Watch.Settle();
        ecu.Rules.ApplicationStarts(ecu.Watch, release.Image);
    }

    // The record makes the secondary bank the active one.
    private static void Activate(WatchedEcu ecu, Release release)
    {
        ecu.Install(release, ecu.Record().ActiveBank ^ 1);
        ecu.WriteRecord(record =>
        {
            int bank = record.ActiveBank ^ 1;
            record.State[bank] = BankState.Confirmed;
            record.State[bank ^ 1] = BankState.Previous;
            record.ActiveBank = (byte)bank;
            release.Digest.CopyTo(record.Digests, BootRecord.DigestAt(bank));
        });
    }
}
