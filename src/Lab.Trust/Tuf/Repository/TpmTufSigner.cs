using System.Formats.Asn1;
using System.Security.Cryptography;
using Lab.Trust.Tpm;

namespace Lab.Trust.Tuf.Repository;

/// <summary>
/// An ECDSA P-256 key that lives in a TPM and never leaves it, at a persistent handle of the storage hierarchy. Errors are those of
/// <see cref="Tpm2"/>.
/// </summary>
public sealed class TpmTufSigner : ITufSigner
{
    // TCG TPM v2.0 Provisioning Guidance, 7.8: persistent objects of the owner.
    private const uint FirstHandle = 0x81000000;
    private const uint LastHandle = 0x817FFFFF;
    private const int CoordinateSize = 32;

    private readonly Tpm2 tpm;
    private readonly uint handle;

    private TpmTufSigner(Tpm2 tpm, uint handle, TpmPublic key)
    {
        this.tpm = tpm;
        this.handle = handle;
        using var ecdsa = ECDsa.Create(key.ToEcParameters());
        Key = new TufKey("ecdsa", "ecdsa-sha2-nistp256", ecdsa.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    /// <inheritdoc/>
    public TufKey Key { get; }

    /// <summary>Makes a key in the TPM, unlike any other that it holds or will hold, and keeps it there.</summary>
    /// <param name="tpm">The TPM; stays the caller's, and open while the signer is in use.</param>
    /// <param name="handle">A free handle from 0x81000000 to 0x817FFFFF.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TpmException">The handle is taken (TPM_RC_NV_DEFINED), or the TPM has no room.</exception>
    public static TpmTufSigner Create(Tpm2 tpm, uint handle, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tpm);
        ArgumentOutOfRangeException.ThrowIfLessThan(handle, FirstHandle);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(handle, LastHandle);

        // A primary key follows from the seed and the template: the random "unique" makes another key of the same kind.
        var template = TpmTemplates.SigningEccP256 with
        {
            Unique = tpm.GetRandom(CoordinateSize, cancellationToken),
        };
        using var key = tpm.CreatePrimary(TpmHandle.Owner, template, cancellationToken);
        tpm.Persist(key, handle, cancellationToken);
        return new TpmTufSigner(tpm, handle, key.Public);
    }

    /// <summary>Opens a key that was made before.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Storage"/>: it is no P-256 key that signs with ECDSA and SHA-256.</exception>
    public static TpmTufSigner Open(Tpm2 tpm, uint handle, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tpm);
        using var key = tpm.ReadPublic(handle, cancellationToken);
        var isOurs =
            key.Public is { Type: TpmAlgorithm.Ecc, Curve: TpmCurve.NistP256 }
            && key.Public.Scheme == new TpmScheme(TpmAlgorithm.EcDsa, TpmAlgorithm.Sha256)
            && (key.Public.Attributes & (TpmObjectAttributes.Sign | TpmObjectAttributes.Restricted)) == TpmObjectAttributes.Sign;
        return isOurs
            ? new TpmTufSigner(tpm, handle, key.Public)
            : throw new TufException(
                TufErrorCode.Storage,
                $"The TPM's object 0x{handle:X8} is no ECDSA P-256 key for data from outside."
            );
    }

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        using var key = tpm.ReadPublic(handle);
        var signature = tpm.Sign(key, SHA256.HashData(data));
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(Trim(signature.R));
            writer.WriteIntegerUnsigned(Trim(signature.S));
        }

        return writer.Encode();
    }

    private static ReadOnlySpan<byte> Trim(byte[] number) => number.AsSpan().TrimStart((byte)0);
}
