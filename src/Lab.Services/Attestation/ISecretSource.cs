namespace Lab.Services.Attestation;

/// <summary>What an attested board is given, and who is told when a board fails to attest.</summary>
public interface ISecretSource
{
    /// <summary>Whether a board must bind a node's key into its quote to be given anything.</summary>
    bool RequiresNodeKey { get; }

    /// <summary>The secret for a board whose evidence was found good just now.</summary>
    /// <exception cref="SecretRefusedException">It gets none, though its evidence is good.</exception>
    /// <exception cref="Model.Errors.LabException">The source cannot give it now; the board may attest again.</exception>
    Task<byte[]> ReleaseAsync(AttestedBoard attested, CancellationToken cancellationToken);

    /// <summary>
    /// Told that a board's own TPM answered the challenge and that what it showed is refused. Evidence that anybody could have sent (not
    /// signed by the board's attestation key, or an old quote) is not told of: it proves nothing about the board.
    /// </summary>
    void Refused(RefusedBoard refused);
}
