namespace Lab.Trust.Tpm;

/// <summary>What a TPM says about an object when it makes it, for <see cref="Tpm2.CertifyCreation"/>.</summary>
/// <param name="Hash">The digest of the creation data.</param>
/// <param name="Ticket">TPMT_TK_CREATION: only the TPM that made the object can make it.</param>
public sealed record TpmCreation(byte[] Hash, byte[] Ticket)
{
    internal static TpmCreation Read(ref TpmReader reader)
    {
        reader.Sized(); // TPM2B_CREATION_DATA, which the hash stands for
        var hash = reader.Sized(TpmHash.MaxDigestSize).ToArray();
        var ticket = new TpmWriter().U16(reader.U16()).U32(reader.U32()).Sized(reader.Sized(TpmHash.MaxDigestSize));
        return new TpmCreation(hash, ticket.ToArray());
    }
}
