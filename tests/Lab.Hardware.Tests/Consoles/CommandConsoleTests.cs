using Lab.Hardware.Consoles;

namespace Lab.Hardware.Tests.Consoles;

/// <summary>A shell stands for the ssh that would run the same on another host.</summary>
[TestFixture]
internal sealed class CommandConsoleTests : WiredConsoleContract
{
    private string Script => Path.Combine(Folder, "console");

    [OneTimeSetUp]
    public void WriteScript() => File.WriteAllText(Script, "exec 3<>$1; echo connected; cat <&3 & exec cat >&3");

    protected override ConsoleSettings Wire() =>
        Sections.Console("command", ("run", $"sh {Script} {Port}"), ("ready", "connected\n"));
}
