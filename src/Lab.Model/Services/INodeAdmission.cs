namespace Lab.Model.Services;

/// <summary>The gate between attestation and the cluster: who is given a token, whose certificate is signed, who is put out.</summary>
public interface INodeAdmission : IService
{
    /// <summary>How often an attested node must attest again. Silence for longer than this, with its grace, ends the trust.</summary>
    TimeSpan AttestationInterval { get; }

    /// <summary>What was released to a board on its last successful attestation; null before.</summary>
    JoinGrant? FindGrant(string board);

    /// <summary>Waits for a decision on a certificate request for that node name after <paramref name="alreadySeen"/> ones.</summary>
    /// <exception cref="Errors.BoardException">None came within the deadline.</exception>
    Task<CertificateDecision> WaitForDecisionAsync(
        string nodeName,
        int alreadySeen,
        TimeSpan deadline,
        CancellationToken cancellationToken
    );

    /// <summary>How many decisions on certificate requests for that node name were made.</summary>
    int CountDecisions(string nodeName);

    /// <summary>Waits until a board is no longer trusted and out of the cluster: cordoned, drained, its requests refused.</summary>
    /// <exception cref="Errors.BoardException">It was not put out within the deadline.</exception>
    Task<NodeExpulsion> WaitForExpulsionAsync(string board, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Ends the trust in a board at once.</summary>
    Task RevokeAsync(string board, string reason, CancellationToken cancellationToken);

    /// <summary>
    /// From now on boards are told of another cluster authority than there is: what they would be told if the API server they then find were an
    /// impostor's.
    /// </summary>
    /// <param name="caCertHash"><c>sha256:</c> and 64 hexadecimal digits.</param>
    void MisstateAuthority(string caCertHash);

    /// <summary>
    /// What a thief does from another machine: asks the API for a node's client certificate with a bootstrap token and a key of its own.
    /// </summary>
    /// <param name="token">The bootstrap token.</param>
    /// <param name="nodeName">The node to be.</param>
    /// <param name="deadline">How long to wait for the decision.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The decision; <see cref="CertificateDecision.Code"/> is <c>unauthorized</c> when the API does not know the token at all.</returns>
    Task<CertificateDecision> TryToJoinAsync(
        string token,
        string nodeName,
        TimeSpan deadline,
        CancellationToken cancellationToken
    );
}
