namespace Lab.Trust.Tuf;

/// <summary>Limits and parts of a client. The limits' defaults are those of the reference implementation.</summary>
public sealed record TufClientOptions
{
    /// <summary>The clock that expiry is checked against, read once for each refresh.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>ECDSA and RSA by default; add an Ed25519 one where it is wanted.</summary>
    public IReadOnlyList<ISignatureScheme> Schemes { get; init; } = [new EcdsaSignatureScheme(), new RsaSignatureScheme()];

    /// <summary>Roots followed in one refresh (spec 5.3.3, "Y").</summary>
    public int MaximumRootRotations { get; init; } = 256;

    /// <summary>Delegated roles visited in one search (spec 5.6.7.1).</summary>
    public int MaximumDelegations { get; init; } = 32;

    /// <summary>In bytes.</summary>
    public int MaximumRootLength { get; init; } = 512_000;

    /// <summary>In bytes.</summary>
    public int MaximumTimestampLength { get; init; } = 16_384;

    /// <summary>In bytes, where the timestamp does not say the length.</summary>
    public int MaximumSnapshotLength { get; init; } = 2_000_000;

    /// <summary>In bytes, where the snapshot does not say the length.</summary>
    public int MaximumTargetsLength { get; init; } = 5_000_000;

    /// <summary>False for a repository that uses consistent snapshots of metadata but plain names of targets.</summary>
    public bool PrefixTargetsWithHash { get; init; } = true;
}
