using Lab.Hardware.Power;
using Lab.Testing.Fakes;

namespace Lab.Hardware.Tests.Power;

[TestFixture]
internal sealed class TasmotaTests : FakeOutletContract
{
    private readonly string _secret = Path.GetTempFileName();

    protected override int Relay => 2;

    [OneTimeSetUp]
    public void WriteSecret() => File.WriteAllText(_secret, "a&b=c");

    [OneTimeTearDown]
    public void RemoveSecret() => File.Delete(_secret);

    protected override Task<FakeDevice> StartAsync() => FakeDevice.StartAsync("tasmota", "password=a&b=c");

    protected override PowerSettings Wire(string address, string deadline) =>
        Sections.Power("tasmota", ("address", address), ("outlet", "2"), ("password", "file:" + _secret), ("deadline", deadline));
}
