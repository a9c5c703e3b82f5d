namespace Lab.Emulation.Images;

/// <summary>Which of Debian's arm64 kernels a node boots. The root file system is the same for all.</summary>
public enum NodeKernel
{
    /// <summary>For virtual machines; the only one with a driver for their TPM.</summary>
    Cloud,

    /// <summary>For boards such as the Raspberry Pi 4.</summary>
    Generic,
}
