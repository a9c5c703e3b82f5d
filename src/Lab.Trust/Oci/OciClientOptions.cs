using Lab.Trust.Transport;

namespace Lab.Trust.Oci;

/// <summary>Limits, clock and credential of a registry client.</summary>
public sealed record OciClientOptions
{
    public OciLimits Limits { get; init; } = new();

    /// <summary>Bounds of each transfer of a blob.</summary>
    public TransferLimits Bulk { get; init; } = TransferLimits.Bulk;

    /// <summary>Bounds of every other request.</summary>
    public TransferLimits Small { get; init; } = TransferLimits.Metadata;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary><c>null</c> is anonymous, which may still use a token service.</summary>
    public OciCredential? Credential { get; init; }

    /// <summary>
    /// The credential goes to the registry only over TLS or to a loopback address, unless this says that the network
    /// is trusted.
    /// </summary>
    public bool AllowCredentialOverPlainHttp { get; init; }
}
