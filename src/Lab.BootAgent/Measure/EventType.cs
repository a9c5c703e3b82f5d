namespace Lab.BootAgent.Measure;

/// <summary>TCG event types (PC Client Platform Firmware Profile, section 10.4.1).</summary>
internal enum EventType : uint
{
    NoAction = 3,
    Separator = 4,
    Ipl = 0x0D,
}
