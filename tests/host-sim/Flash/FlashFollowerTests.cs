// A virtual ECU's memory file is what its flash is after each operation, torn ones included, so that a process may be killed anywhere.
using System.Diagnostics;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.HostSim.Flash;

public sealed class FlashFollowerTests(ITestOutputHelper output) : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void After_each_operation_the_file_has_what_the_flash_has()
    {
        FlashModel flash = new(FlashGeometries.W25Q32) { IsCutThrown = false };
        FlashFile.Save(flash, _folder["a.flash"]);
        int operations = 0;
        long spent = 0;
        using (FlashFollower.Follow(flash, _folder["a.flash"]))
        {
            Random random = new(1);
            for (int i = 0; i < 300; i++)
            {
                uint sector = flash.SectorStart((uint)random.Next((int)flash.Size));
                byte[] page = new byte[flash.PageSize];
                random.NextBytes(page);
                if (i == 200)
                {
                    flash.CutAfter(flash.OperationCount, CutModel.ProgramBits);
                }

                long begin = Stopwatch.GetTimestamp();
                flash.StartErase(sector);
                flash.Poll();
                flash.StartProgram(sector, page, 0, page.Length);
                flash.Poll();
                spent += Stopwatch.GetTimestamp() - begin;
                operations += 2;
                Assert.Equal(flash.Memory.ToBytes(), File.ReadAllBytes(_folder["a.flash"]));
                if (flash.IsPowerLost)
                {
                    flash.PowerOn();
                }
            }
        }

        output.WriteLine($"{operations} operations, {Stopwatch.GetElapsedTime(0, spent).TotalMicroseconds / operations:F0} µs each with the file");
        FlashModel next = new(FlashGeometries.W25Q32);
        Assert.True(FlashFile.TryLoad(next, _folder["a.flash"]));
        Assert.Equal(flash.Memory.ToBytes(), next.Memory.ToBytes());
    }
}
