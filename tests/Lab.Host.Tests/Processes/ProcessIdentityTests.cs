using Lab.Host.Processes;

namespace Lab.Host.Tests.Processes;

internal sealed class ProcessIdentityTests
{
    [Test]
    public void The_start_time_is_found_behind_a_command_with_spaces_and_parentheses()
    {
        const string Stat = "42 (a ) (b) R 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 1000 10";

        Assert.That(ProcessIdentity.ParseStartTicks(Stat), Is.EqualTo(987654));
    }

    [Test]
    public void A_zombie_counts_as_gone() =>
        Assert.That(
            ProcessIdentity.ParseStartTicks("42 (a) Z 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 1000 10"),
            Is.Null
        );

    [FsCheck.NUnit.Property]
    public void Any_text_is_read_or_refused(string text) => ProcessIdentity.ParseStartTicks(text ?? "");

    [Test]
    public void This_process_is_alive() => Assert.That(ProcessIdentity.Of(Environment.ProcessId, "me")!.IsAlive);

    [Test]
    public void A_process_of_another_boot_is_gone() =>
        Assert.That((ProcessIdentity.Of(Environment.ProcessId, "me")! with { BootId = "another" }).IsAlive, Is.False);
}
