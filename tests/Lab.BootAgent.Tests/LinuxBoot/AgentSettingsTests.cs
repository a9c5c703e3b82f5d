using System.Text;
using Lab.BootAgent.LinuxBoot;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.LinuxBoot;

internal sealed class AgentSettingsTests
{
    [TestCase("poweroff", false)]
    [TestCase("retry", true)]
    public void I_can_read_settings(string onFailure, bool retries) =>
        Assert.That(
            Parse($$"""{"target":"os/edge-node","onFailure":"{{onFailure}}","notBefore":"2026-01-01T00:00:00Z"}"""),
            Is.EqualTo(
                new AgentSettings(
                    "os/edge-node",
                    retries ? OnFailure.Retry : OnFailure.PowerOff,
                    new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)
                )
            )
        );

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"target":"a","onFailure":"poweroff"}""")]
    [TestCase("""{"target":"a","onFailure":"shell","notBefore":"2026-01-01T00:00:00Z"}""")]
    [TestCase("""{"target":"a","onFailure":"retry","notBefore":"yesterday"}""")]
    [TestCase("""{"target":"a","onFailure":"retry","notBefore":"2026-01-01T00:00:00Z","insecure":"true"}""")]
    [TestCase("""{"target":["a"],"onFailure":"retry","notBefore":"2026-01-01T00:00:00Z"}""")]
    [TestCase("""{"target":"a","onFailure":"retry","notBefore":"2026-01-01T00:00:00Z" """)]
    public void Settings_that_leave_a_doubt_are_refused(string json) =>
        Assert.That(() => Parse(json), Throws.TypeOf<FormatException>());

    [Test]
    public void The_handover_comes_back_as_it_was()
    {
        var description = new HandoverDescription("http://10.0.2.2:8080", "b1", "virt-1");
        Assert.That(HandoverDescription.Parse(description.ToJson()), Is.EqualTo(description));
        Assert.That(HandoverDescription.Parse((description with { Board = null }).ToJson()).Board, Is.Null);
        Assert.That(() => HandoverDescription.Parse("{}"u8), Throws.TypeOf<FormatException>());
        Assert.That(() => HandoverDescription.Parse("[1]"u8), Throws.TypeOf<FormatException>());
        Assert.That(() => HandoverDescription.Parse("{"u8), Throws.TypeOf<FormatException>());
    }

    private static AgentSettings Parse(string json) => AgentSettings.Parse(Encoding.UTF8.GetBytes(json));
}
