using Lab.Hardware.Consoles;

namespace Lab.Hardware.Tests.Consoles;

[TestFixture]
internal sealed class SlowUartTests : WiredConsoleContract
{
    protected override ConsoleSettings Wire() => Sections.Console("serial", ("device", Port), ("character-delay", "0.01"));
}
