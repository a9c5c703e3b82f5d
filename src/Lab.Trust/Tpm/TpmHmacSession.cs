using System.Security.Cryptography;

namespace Lab.Trust.Tpm;

/// <summary>
/// A session salted by a key of the TPM: who listens between here and the TPM can neither read what it encrypts nor change a command or a
/// response unseen. Disposing it flushes it.
/// </summary>
public sealed class TpmHmacSession : IDisposable
{
    /// <summary>AES-128-CFB, which every PC Client TPM has.</summary>
    internal const int KeyBits = 128;

    private const int BlockBytes = 16;
    private readonly Tpm2 tpm;
    private readonly byte[] key;
    private byte[] nonceTpm;
    private byte[] nonceCaller = [];
    private bool gone;

    internal TpmHmacSession(Tpm2 tpm, uint handle, TpmAlgorithm hash, byte[] key, byte[] nonceTpm)
    {
        this.tpm = tpm;
        Handle = handle;
        Hash = hash;
        this.key = key;
        this.nonceTpm = nonceTpm;
    }

    /// <summary>Its handle in this TPM.</summary>
    public uint Handle { get; }

    /// <summary>The hash of its HMACs.</summary>
    public TpmAlgorithm Hash { get; }

    /// <summary>Flushes the session and forgets its key; an unreachable TPM is no error here.</summary>
    public void Dispose()
    {
        if (!gone)
        {
            tpm.TryFlush(Handle);
            CryptographicOperations.ZeroMemory(key);
        }

        gone = true;
    }

    /// <summary>A new nonce for the next command.</summary>
    internal byte[] Roll() => nonceCaller = RandomNumberGenerator.GetBytes(TpmHash.RequiredSizeOf(Hash));

    /// <summary>Part 1, 19.6.5: over the command's hash, the newer and the older nonce, and the attributes.</summary>
    internal byte[] CommandHmac(ReadOnlySpan<byte> authValue, ReadOnlySpan<byte> commandHash, byte attributes) =>
        Hmac(authValue, commandHash, nonceCaller, nonceTpm, attributes);

    /// <summary>Part 1, 21.2: the command's first parameter; caller's nonce first.</summary>
    internal byte[] EncryptCommand(ReadOnlySpan<byte> authValue, ReadOnlySpan<byte> plain) =>
        Crypt(authValue, plain, nonceCaller, nonceTpm, encrypt: true);

    /// <summary>The response's first parameter; the TPM's new nonce first. After <see cref="Accept"/>.</summary>
    internal byte[] DecryptResponse(ReadOnlySpan<byte> authValue, ReadOnlySpan<byte> cipher) =>
        Crypt(authValue, cipher, nonceTpm, nonceCaller, encrypt: false);

    /// <summary>Takes the TPM's new nonce, if the response is the TPM's.</summary>
    internal bool Accept(
        ReadOnlySpan<byte> authValue,
        ReadOnlySpan<byte> responseHash,
        ReadOnlySpan<byte> newNonce,
        byte attributes,
        ReadOnlySpan<byte> hmac
    )
    {
        var expected = Hmac(authValue, responseHash, newNonce, nonceCaller, attributes);
        if (!CryptographicOperations.FixedTimeEquals(expected, hmac))
        {
            return false;
        }

        nonceTpm = newNonce.ToArray();
        return true;
    }

    private byte[] Hmac(
        ReadOnlySpan<byte> authValue,
        ReadOnlySpan<byte> parameters,
        ReadOnlySpan<byte> newer,
        ReadOnlySpan<byte> older,
        byte attributes
    )
    {
        using var hmac = IncrementalHash.CreateHMAC(TpmHash.NameOf(Hash), [.. key, .. authValue]);
        hmac.AppendData(parameters);
        hmac.AppendData(newer);
        hmac.AppendData(older);
        hmac.AppendData([attributes]);
        return hmac.GetHashAndReset();
    }

    private byte[] Crypt(
        ReadOnlySpan<byte> authValue,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<byte> newer,
        ReadOnlySpan<byte> older,
        bool encrypt
    )
    {
        var derived = TpmKeyDerivation.KdfA(Hash, [.. key, .. authValue], "CFB", newer, older, KeyBits + (8 * BlockBytes));
        using var aes = Aes.Create();
        aes.Key = derived[..(KeyBits / 8)];
        var padded = new byte[(data.Length + BlockBytes - 1) / BlockBytes * BlockBytes];
        data.CopyTo(padded);
        var start = derived[(KeyBits / 8)..];
        var done = encrypt
            ? aes.EncryptCfb(padded, start, PaddingMode.None, feedbackSizeInBits: 128)
            : aes.DecryptCfb(padded, start, PaddingMode.None, feedbackSizeInBits: 128);
        CryptographicOperations.ZeroMemory(derived);
        return done[..data.Length];
    }
}
