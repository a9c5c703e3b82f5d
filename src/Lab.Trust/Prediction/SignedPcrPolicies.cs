using System.Security.Cryptography;
using System.Text.Json;
using Lab.Trust.Tpm;

namespace Lab.Trust.Prediction;

/// <summary>
/// Signed PCR policies as systemd writes and reads them (systemd-measure(1), the section .pcrsig of a unified kernel image). A secret sealed
/// to <see cref="SealedTo"/> opens for any kernel whose values the key signed, without being sealed again.
/// </summary>
public static class SignedPcrPolicies
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The most entries that are read; systemd writes four a bank and kernel.</summary>
    public const int MaxEntries = 4096;

    private const int MaxSignature = 512; // RSA-4096

    /// <summary>Signs sets of PCR values.</summary>
    /// <param name="values">The sets, such as those of <see cref="UkiPhases.Of"/>.</param>
    /// <param name="key">The private key; systemd and TPMs take RSA-2048.</param>
    public static IReadOnlyList<SignedPcrPolicy> Sign(IEnumerable<PcrValues> values, RSA key)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(key);
        var fingerprint = Fingerprint(key);
        return
        [
            .. values.Select(one =>
            {
                var policy = new TpmPolicyDigest().Pcr(one.Selection, one).Value;
                var signature = key.SignData(policy, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                return new SignedPcrPolicy(one.Bank, one.Selection.Pcrs, fingerprint, policy, signature);
            }),
        ];
    }

    /// <summary>The entry that this key signed for these values, or null: the signature is checked.</summary>
    public static SignedPcrPolicy? Find(IEnumerable<SignedPcrPolicy> entries, PcrValues values, RSA key)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(key);
        return entries.FirstOrDefault(entry =>
            entry.Bank == values.Bank
            && entry.Pcrs.All(pcr => values.Find(pcr) is not null)
            && new TpmPolicyDigest()
                .Pcr(PcrSelection.Of(entry.Bank, entry.Pcrs), values)
                .Value.AsSpan()
                .SequenceEqual(entry.Policy)
            && key.VerifyData(entry.Policy, entry.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        );
    }

    /// <summary>The key's public area as systemd loads it: its name, and so the policy, depends on each attribute of it.</summary>
    public static TpmPublic PublicArea(RSA key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var exponent = parameters.Exponent!.Aggregate(0u, (sum, next) => (sum << 8) | next);
        return new TpmPublic
        {
            Type = TpmAlgorithm.Rsa,
            NameAlgorithm = TpmAlgorithm.Sha256,
            Attributes = TpmObjectAttributes.Decrypt | TpmObjectAttributes.Sign | TpmObjectAttributes.UserWithAuth,
            RsaBits = key.KeySize,
            RsaExponent = exponent == 65537 ? 0 : exponent,
            Unique = parameters.Modulus!,
        };
    }

    /// <summary>The policy "any PCR values that this key signed": what a secret is sealed to.</summary>
    public static byte[] SealedTo(RSA key) => new TpmPolicyDigest().Authorize(PublicArea(key).ComputeName()).Value;

    /// <summary>Satisfies <see cref="SealedTo"/> in a fresh policy session, with the PCRs as they are now.</summary>
    /// <exception cref="TpmException">The entry is not of these PCR values (TPM_RC_VALUE), or not signed by the key (TPM_RC_SIGNATURE).</exception>
    public static void Satisfy(
        Tpm2 tpm,
        TpmSession session,
        SignedPcrPolicy entry,
        RSA key,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(tpm);
        ArgumentNullException.ThrowIfNull(entry);
        tpm.PolicyPcr(session, PcrSelection.Of(entry.Bank, entry.Pcrs), cancellationToken: cancellationToken);
        using var loaded = tpm.LoadExternal(PublicArea(key), cancellationToken: cancellationToken);
        var signature = new TpmSignature(new TpmScheme(TpmAlgorithm.RsaSsa, TpmAlgorithm.Sha256), entry.Signature, []);
        tpm.PolicyAuthorize(session, loaded, entry.Policy, [], signature, cancellationToken);
    }

    /// <summary>The JSON form.</summary>
    public static byte[] ToJson(IEnumerable<SignedPcrPolicy> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var bank in entries.GroupBy(entry => entry.Bank))
            {
                json.WriteStartArray(bank.Key.ToString().ToLowerInvariant());
                foreach (var entry in bank)
                {
                    Write(json, entry);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Reads the JSON form; banks that cannot be computed here are left out. Nothing is checked yet: <see cref="Find"/>.</summary>
    /// <exception cref="PredictionException">It is not of that form.</exception>
    public static IReadOnlyList<SignedPcrPolicy> Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            throw new PredictionException($"Signed PCR policies of {json.Length} bytes are above the limit of {MaxBytes}.");
        }

        try
        {
            using var document = JsonDocument.Parse(
                json,
                new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false }
            );
            var entries = new List<SignedPcrPolicy>();
            foreach (var bank in document.RootElement.EnumerateObject())
            {
                if (BankOf(bank.Name) is { } algorithm)
                {
                    entries.AddRange(bank.Value.EnumerateArray().Select(entry => Read(algorithm, entry)));
                }
            }

            return entries.Count <= MaxEntries
                ? entries
                : throw new PredictionException($"{entries.Count} signed PCR policies are above the limit of {MaxEntries}.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new PredictionException($"These are not signed PCR policies: {e.Message}", e);
        }
    }

    private static TpmAlgorithm? BankOf(string name) =>
        name switch
        {
            "sha1" => TpmAlgorithm.Sha1,
            "sha256" => TpmAlgorithm.Sha256,
            "sha384" => TpmAlgorithm.Sha384,
            "sha512" => TpmAlgorithm.Sha512,
            _ => null,
        };

    private static SignedPcrPolicy Read(TpmAlgorithm bank, JsonElement entry)
    {
        var pcrs = entry.GetProperty("pcrs").EnumerateArray().Select(pcr => pcr.GetInt32()).ToList();
        var policy = Convert.FromHexString(entry.GetProperty("pol").GetString() ?? "");
        var signature = entry.GetProperty("sig").GetBytesFromBase64();
        var fingerprint = entry.GetProperty("pkfp").GetString() ?? "";
        var fits =
            pcrs.Count is > 0 and <= PcrSelection.PcrCount
            && pcrs.TrueForAll(pcr => pcr is >= 0 and < PcrSelection.PcrCount)
            && policy.Length == SHA256.HashSizeInBytes
            && signature.Length <= MaxSignature;
        return fits
            ? new SignedPcrPolicy(bank, pcrs, fingerprint, policy, signature)
            : throw new FormatException("PCRs, policy or signature of an entry are out of range.");
    }

    private static void Write(Utf8JsonWriter json, SignedPcrPolicy entry)
    {
        json.WriteStartObject();
        json.WriteStartArray("pcrs");
        foreach (var pcr in entry.Pcrs)
        {
            json.WriteNumberValue(pcr);
        }

        json.WriteEndArray();
        json.WriteString("pkfp", entry.KeyFingerprint);
        json.WriteString("pol", Convert.ToHexStringLower(entry.Policy));
        json.WriteBase64String("sig", entry.Signature);
        json.WriteEndObject();
    }

    private static string Fingerprint(RSA key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportRSAPublicKey()));
}
