using System.Security.Cryptography;
using System.Text;
using Lab.Trust.Attestation;

namespace Lab.Services.Attestation;

/// <summary>Puts an appraisal's evidence into files, with the service's signed word beside them.</summary>
internal sealed class StatementWriter(StatementSigner signer, ReferenceValues reference, TimeProvider time)
{
    /// <summary>How long the service's word counts. Whoever acts on it later asks the board again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const string Verifier = "hwlab attestation service";

    private readonly Lock _gate = new();
    private readonly string _policy = Convert.ToHexStringLower(SHA256.HashData(reference.ToJson()));

    /// <summary>The files: name → content.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Write(
        string board,
        EvidenceBundle evidence,
        IReadOnlyList<Claim> claims,
        Denial? denial
    )
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var statement = new AppraisalStatement(
            Verifier,
            board,
            claims,
            denial,
            evidence.ToDigests(),
            _policy,
            now,
            now + Lifetime
        );
        var files = evidence
            .ToFiles()
            .ToDictionary(file => file.Key, file => (ReadOnlyMemory<byte>)file.Value, StringComparer.Ordinal);
        lock (_gate)
            files[EvidenceBundle.StatementFile] = signer.Sign(statement);
        return files;
    }

    /// <summary>Writes the service's own policy and what it needs, so that its evidence can be judged from the run's folder alone.</summary>
    public void Publish(string folder, EndorsementTrust trust)
    {
        Directory.CreateDirectory(folder);
        var authorities = new StringBuilder();
        foreach (var authority in trust.Roots)
            authorities.AppendLine(authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "ek-authorities.pem"), authorities.ToString());
        File.WriteAllText(Path.Combine(folder, "verifier.pub"), signer.PublicKeyPem);
        File.WriteAllBytes(Path.Combine(folder, "reference.json"), reference.ToJson());
        File.WriteAllText(
            Path.Combine(folder, "policy.yaml"),
            """
            # What this run's attestation service judged by: hwlab attest verify EVIDENCE --policy policy.yaml
            policy: run
            endorsement:
              roots: [ek-authorities.pem]
            verifiers: [verifier.pub]
            reference: reference.json

            """
        );
    }
}
