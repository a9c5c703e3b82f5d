namespace Lab.BootAgent.LinuxBoot;

/// <summary>What a refused boot does next.</summary>
internal enum OnFailure
{
    PowerOff,
    Retry,
}
