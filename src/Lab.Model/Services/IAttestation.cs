namespace Lab.Model.Services;

/// <summary>The attestation service of the rig.</summary>
public interface IAttestation : IService
{
    /// <summary>The PCR values a board must show, predicted from the artifacts: index to lower-case hexadecimal.</summary>
    IReadOnlyDictionary<int, string> ReferenceValues { get; }

    /// <summary>How many appraisals of a board's evidence there were, without accepted renewals.</summary>
    int Count(string board);

    /// <summary>
    /// Waits for the next appraisal of a board's evidence after <paramref name="alreadySeen"/> ones. Accepted renewals do not count: a board
    /// that was given what it needs attests every few seconds.
    /// </summary>
    /// <exception cref="Errors.BoardException">None came within the deadline.</exception>
    Task<AppraisalOutcome> WaitAsync(string board, int alreadySeen, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Puts an adversary between the boards and the service: it sees each evidence and may put another in its place.</summary>
    void Interpose(Func<EvidenceOnTheWire, CancellationToken, Task<EvidenceOnTheWire>> adversary);
}
