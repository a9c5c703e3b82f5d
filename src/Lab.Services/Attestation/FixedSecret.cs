namespace Lab.Services.Attestation;

/// <summary>The same secret for every attested board: where attestation gates nothing further.</summary>
internal sealed class FixedSecret(ReadOnlyMemory<byte> secret) : ISecretSource
{
    public bool RequiresNodeKey => false;

    public Task<byte[]> ReleaseAsync(AttestedBoard attested, CancellationToken cancellationToken) =>
        Task.FromResult(secret.ToArray());

    public void Refused(RefusedBoard refused) { }
}
