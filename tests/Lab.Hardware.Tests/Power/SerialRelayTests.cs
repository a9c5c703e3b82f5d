using Lab.Hardware.Power;
using Lab.Testing.Fakes;

namespace Lab.Hardware.Tests.Power;

[TestFixture]
internal sealed class SerialRelayTests : FakeOutletContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-test-");

    protected override int Relay => 3;

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    protected override Task<FakeDevice> StartAsync() =>
        FakeDevice.StartAsync("relay", "relay=" + Path.Combine(_folder.FullName, "usb-relay"));

    protected override PowerSettings Wire(string address, string deadline) =>
        Sections.Power("serial-relay", ("device", address), ("outlet", "3"), ("status", "yes"), ("deadline", deadline));
}
