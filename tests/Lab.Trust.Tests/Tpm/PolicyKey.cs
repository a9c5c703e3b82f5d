using System.Security.Cryptography;
using Lab.Trust.Tpm;

namespace Lab.Trust.Tests.Tpm;

/// <summary>A key that signs policies, RSA-2048 or ECC P-256, and its public area as a TPM loads it.</summary>
internal sealed class PolicyKey : IDisposable
{
    private readonly RSA? rsa;
    private readonly ECDsa? ecdsa;

    public PolicyKey(bool isRsa)
    {
        rsa = isRsa ? RSA.Create(2048) : null;
        ecdsa = isRsa ? null : ECDsa.Create(ECCurve.NamedCurves.nistP256);
    }

    public TpmPublic Public
    {
        get
        {
            var attributes = TpmObjectAttributes.UserWithAuth | TpmObjectAttributes.Sign;
            if (rsa is not null)
            {
                return new TpmPublic
                {
                    Type = TpmAlgorithm.Rsa,
                    NameAlgorithm = TpmAlgorithm.Sha256,
                    Attributes = attributes,
                    RsaBits = 2048,
                    Unique = rsa.ExportParameters(false).Modulus!,
                };
            }

            var point = ecdsa!.ExportParameters(false).Q;
            return new TpmPublic
            {
                Type = TpmAlgorithm.Ecc,
                NameAlgorithm = TpmAlgorithm.Sha256,
                Attributes = attributes,
                Curve = TpmCurve.NistP256,
                Unique = point.X!,
                UniqueY = point.Y!,
            };
        }
    }

    public TpmSignature Sign(byte[] data)
    {
        if (rsa is not null)
        {
            var signature = rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return new TpmSignature(new TpmScheme(TpmAlgorithm.RsaSsa, TpmAlgorithm.Sha256), signature, []);
        }

        var both = ecdsa!.SignData(data, HashAlgorithmName.SHA256);
        return new TpmSignature(new TpmScheme(TpmAlgorithm.EcDsa, TpmAlgorithm.Sha256), both[..32], both[32..]);
    }

    public void Dispose()
    {
        rsa?.Dispose();
        ecdsa?.Dispose();
    }
}
