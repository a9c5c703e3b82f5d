using System.Globalization;
using System.Text.Json;

namespace Lab.Trust.Attestation;

/// <summary>A statement's bytes, both ways.</summary>
internal static class StatementCodec
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const int DigestDigits = 64;

    public static byte[] Write(AppraisalStatement statement) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new StatementDocument
            {
                Type = AppraisalStatement.StatementType,
                Subject =
                [
                    .. statement
                        .Evidence.OrderBy(one => one.Key, StringComparer.Ordinal)
                        .Select(one => new StatementDocument.SubjectPart { Name = one.Key, Digest = Digest(one.Value) }),
                ],
                PredicateType = AppraisalStatement.PredicateType,
                Predicate = new StatementDocument.PredicatePart
                {
                    Verifier = statement.Verifier,
                    Board = statement.Board,
                    Verdict = Word(statement.IsTrusted),
                    Denial = statement.Denial,
                    Policy = Digest(statement.PolicySha256),
                    IssuedAt = Text(statement.IssuedAt),
                    ExpiresAt = Text(statement.ExpiresAt),
                    Claims =
                    [
                        .. statement.Claims.Select(claim => new StatementDocument.ClaimPart
                        {
                            Name = claim.Name,
                            Verdict = Word(claim.Verdict),
                            Detail = claim.Detail,
                            Evidence = claim.Evidence,
                        }),
                    ],
                },
            },
            AttestationJson.Default.StatementDocument
        );

    /// <exception cref="StatementException">It is not a statement, or contradicts itself.</exception>
    public static AppraisalStatement Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            var document =
                JsonSerializer.Deserialize(payload, AttestationJson.Default.StatementDocument)
                ?? throw new StatementException("the payload is null");
            return document is { Type: AppraisalStatement.StatementType, PredicateType: AppraisalStatement.PredicateType }
                ? Read(document)
                : throw new StatementException($"it is a '{document.Type}' with a '{document.PredicateType}'");
        }
        catch (JsonException e)
        {
            throw new StatementException(e.Message, e);
        }
    }

    private static AppraisalStatement Read(StatementDocument document)
    {
        var predicate = document.Predicate;
        if (document.Subject.Any(one => one is null) || predicate.Claims.Any(one => one is null))
        {
            throw new StatementException("a subject or a claim is null");
        }

        var evidence = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var subject in document.Subject)
        {
            if (!evidence.TryAdd(subject.Name, Hex(subject.Digest.Sha256)))
            {
                throw new StatementException($"the subject '{subject.Name}' is there twice");
            }
        }

        var statement = new AppraisalStatement(
            predicate.Verifier,
            predicate.Board,
            [.. predicate.Claims.Select(claim => new Claim(claim.Name, VerdictOf(claim.Verdict), claim.Detail, claim.Evidence))],
            predicate.Denial,
            evidence,
            Hex(predicate.Policy.Sha256),
            Time(predicate.IssuedAt),
            Time(predicate.ExpiresAt)
        );
        return predicate.Verdict == Word(statement.IsTrusted)
            ? statement
            : throw new StatementException($"its verdict '{predicate.Verdict}' is not that of its claims");
    }

    private static StatementDocument.DigestPart Digest(string hex) => new() { Sha256 = hex };

    private static string Hex(string digest) =>
        digest.Length == DigestDigits && digest.All(char.IsAsciiHexDigitLower)
            ? digest
            : throw new StatementException("a digest is not a SHA-256 in lower-case hexadecimal");

    private static string Text(DateTimeOffset time) => time.ToUniversalTime().ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new StatementException("a time is not of the form 2026-01-31T12:00:00Z");

    private static string Word(bool isTrusted) => Word(isTrusted ? ClaimVerdict.Pass : ClaimVerdict.Fail);

    private static string Word(ClaimVerdict verdict) =>
        verdict switch
        {
            ClaimVerdict.Pass => "pass",
            ClaimVerdict.Fail => "fail",
            _ => "not-checked",
        };

    private static ClaimVerdict VerdictOf(string word) =>
        word switch
        {
            "pass" => ClaimVerdict.Pass,
            "fail" => ClaimVerdict.Fail,
            "not-checked" => ClaimVerdict.NotChecked,
            _ => throw new StatementException("a verdict is not pass, fail or not-checked"),
        };
}
