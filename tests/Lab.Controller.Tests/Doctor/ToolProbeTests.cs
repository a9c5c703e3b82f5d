using Lab.Controller.Doctor;
using Lab.Controller.Tests.Samples;
using Lab.Host.Machine;
using NUnit.Framework;

namespace Lab.Controller.Tests.Doctor;

[TestFixture]
internal sealed class ToolProbeTests
{
    [TestCase("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)", "7.2.22")]
    [TestCase("TPM emulator version 0.7.1, Copyright (c) 2014", "0.7.1")]
    [TestCase("Dnsmasq version 2.90  Copyright", "2.90")]
    [TestCase("no version here", null)]
    public void The_version_is_read_from_what_a_tool_prints(string text, string? version) =>
        Assert.That(ToolProbe.ParseVersion(text)?.ToString(), Is.EqualTo(version));

    [TestCase("echo tool 2.1", "1.9", ToolState.Has)]
    [TestCase("echo tool 1.8 >&2", "1.9", ToolState.TooOld)]
    [TestCase("exit 1", "1.9", ToolState.UnknownVersion)]
    public async Task A_tool_is_there_too_old_or_will_not_say(string script, string minimum, ToolState state)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("tool", "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var found = await ToolProbe.FindAsync(
            new HostTool(path, "package", "a test", Version.Parse(minimum)),
            TimeProvider.System,
            default
        );
        Assert.Multiple(() =>
        {
            Assert.That(found.State, Is.EqualTo(state));
            Assert.That(found.IsFatal, Is.EqualTo(found.Remedy is not null));
        });
    }

    [Test]
    public async Task A_missing_tool_names_its_package()
    {
        var found = await ToolProbe.FindAsync(
            new HostTool("hwlab-no-such-tool", "some-package", "a test"),
            TimeProvider.System,
            default
        );
        Assert.That(found.Remedy, Does.Contain("some-package"));
    }
}
