using Lab.Hardware.Devices;

namespace Lab.Hardware.Tests.Devices;

[TestFixture]
internal sealed class DeviceGatesTests
{
    [Test]
    public async Task Boards_that_share_a_device_wait_for_each_other_and_others_do_not()
    {
        var gates = new DeviceGates();
        var held = await gates.EnterAsync("strip", TimeProvider.System, default);
        var waiting = gates.EnterAsync("strip", TimeProvider.System, default);
        using (await gates.EnterAsync("another strip", TimeProvider.System, default))
        {
            Assert.That(waiting.IsCompleted, Is.False);
        }

        held.Dispose();
        (await waiting).Dispose();
    }

    [Test]
    public async Task Programs_that_share_a_folder_wait_for_each_other()
    {
        var folder = Directory.CreateTempSubdirectory("hwlab-test-");
        var held = await new DeviceGates(folder.FullName).EnterAsync("strip", TimeProvider.System, default);
        var waiting = new DeviceGates(folder.FullName).EnterAsync("strip", TimeProvider.System, default);
        Assert.That(waiting.IsCompleted, Is.False);
        held.Dispose();
        (await waiting).Dispose();
        folder.Delete(recursive: true);
    }
}
