namespace Lab.Trust.Tpm;

/// <summary>TPM_ALG_ID: the algorithm numbers of the TCG Algorithm Registry that this library knows.</summary>
public enum TpmAlgorithm : ushort
{
    /// <summary>No number at all: never valid on the wire.</summary>
    Error = 0x0000,
    Rsa = 0x0001,
    Sha1 = 0x0004,
    Hmac = 0x0005,
    Aes = 0x0006,
    KeyedHash = 0x0008,
    Xor = 0x000A,
    Sha256 = 0x000B,
    Sha384 = 0x000C,
    Sha512 = 0x000D,
    Null = 0x0010,
    Sm3 = 0x0012,
    RsaSsa = 0x0014,
    RsaEs = 0x0015,
    RsaPss = 0x0016,
    Oaep = 0x0017,
    EcDsa = 0x0018,
    Ecdh = 0x0019,
    Kdf1Sp80056A = 0x0020,
    Kdf1Sp800108 = 0x0022,
    Ecc = 0x0023,
    SymCipher = 0x0025,
    Sha3Of256 = 0x0027,
    Sha3Of384 = 0x0028,
    Sha3Of512 = 0x0029,
    Ctr = 0x0040,
    Ofb = 0x0041,
    Cbc = 0x0042,
    Cfb = 0x0043,
}
