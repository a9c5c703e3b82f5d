using System.Formats.Asn1;

namespace Lab.Trust.Tpm;

/// <content>Non-volatile memory.</content>
public sealed partial class Tpm2
{
    // TPMA_NV (Part 2, 13.4)
    private const uint NvOwnerRead = 1 << 17;
    private const uint NvAuthRead = 1 << 18;

    /// <summary>TPM2_NV_ReadPublic.</summary>
    public TpmNvPublic ReadNvPublic(uint index, CancellationToken cancellationToken = default)
    {
        var reader = Execute(TpmCommandCode.NvReadPublic, [index], [], new TpmWriter(), cancellationToken).Parameters;
        var area = new TpmReader(reader.Sized());
        var nv = new TpmNvPublic(area.U32(), area.Algorithm(), area.U32(), area.Sized().ToArray(), area.U16());
        area.End("TPMS_NV_PUBLIC");
        reader.Sized(); // the index's name
        reader.End("TPM2_NV_ReadPublic");
        return nv;
    }

    /// <summary>TPM2_NV_Read of a whole index that the owner, or anybody with its empty password, may read.</summary>
    public byte[] ReadNv(uint index, CancellationToken cancellationToken = default)
    {
        var nv = ReadNvPublic(index, cancellationToken);
        var reader = (nv.Attributes & NvAuthRead) != 0 || (nv.Attributes & NvOwnerRead) == 0 ? index : TpmHandle.Owner;
        var atOnce = (ushort)Math.Min(GetProperty(TpmProperty.NvBufferMax, cancellationToken) ?? 512, 2048);
        var data = new byte[nv.Size];
        for (var offset = 0; offset < data.Length; )
        {
            var size = (ushort)Math.Min(data.Length - offset, atOnce);
            var parameters = new TpmWriter().U16(size).U16((ushort)offset);
            var response = Execute(
                TpmCommandCode.NvRead,
                [reader, index],
                [TpmAuthorization.Empty],
                parameters,
                cancellationToken
            ).Parameters;
            var some = response.Sized(size);
            if (some.Length != size)
            {
                throw response.Bad($"{size} bytes of NV were asked for and {some.Length} given");
            }

            some.CopyTo(data.AsSpan(offset));
            offset += size;
        }

        return data;
    }

    /// <summary>The RSA-2048 EK certificate, DER, without the padding that some vendors put behind it.</summary>
    /// <returns>The certificate, or null when the TPM holds none.</returns>
    /// <exception cref="TpmFormatException">What the index holds is not DER.</exception>
    public byte[]? ReadEkCertificate(uint index = TpmHandle.EkCertificateRsa2048, CancellationToken cancellationToken = default)
    {
        byte[] data;
        try
        {
            data = ReadNv(index, cancellationToken);
        }
        catch (TpmException e) when (e.Code.Name is "TPM_RC_HANDLE" or "TPM_RC_NV_UNINITIALIZED")
        {
            return null;
        }

        return AsnDecoder.TryReadEncodedValue(data, AsnEncodingRules.DER, out _, out _, out _, out var length)
            ? data[..length]
            : throw new TpmFormatException(0, $"NV index 0x{index:X8} does not hold a DER certificate");
    }
}
