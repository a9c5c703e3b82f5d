namespace Lab.Trust.Tuf;

/// <summary>Counts the distinct keys of a role that signed a metadata file (spec 5.3.4 and its like).</summary>
internal sealed class SignatureVerifier(IReadOnlyList<ISignatureScheme> schemes)
{
    /// <exception cref="TufException"><see cref="TufErrorCode.Signature"/>.</exception>
    public void Require(string name, TufMetadata metadata, IReadOnlyDictionary<string, TufKey> keys, TufRole role)
    {
        var count = Count(metadata, keys, role);
        if (count < role.Threshold)
        {
            throw new TufException(
                TufErrorCode.Signature,
                $"Metadata of role '{name}', version {metadata.Version}: {count} valid signature(s), {role.Threshold} needed."
            );
        }
    }

    private int Count(TufMetadata metadata, IReadOnlyDictionary<string, TufKey> keys, TufRole role)
    {
        // By the key itself: one key under two key ids counts once.
        var signers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var keyId in role.KeyIds)
        {
            if (
                signers.Count < role.Threshold
                && metadata.Signatures.TryGetValue(keyId, out var signature)
                && keys.TryGetValue(keyId, out var key)
                && schemes.FirstOrDefault(s => s.Supports(key.KeyType, key.Scheme)) is { } scheme
                && scheme.Decode(key) is { } decoded
                && scheme.Verify(key, decoded, metadata.Canonical, signature)
            )
            {
                signers.Add(Convert.ToBase64String(decoded));
            }
        }
        return signers.Count;
    }
}
