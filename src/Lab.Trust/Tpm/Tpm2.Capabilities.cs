namespace Lab.Trust.Tpm;

/// <content>What the TPM can do and what it holds.</content>
public sealed partial class Tpm2
{
    private const uint CapabilityHandles = 1;
    private const uint CapabilityPcrs = 5;
    private const uint CapabilityProperties = 6;

    /// <summary>The PCR banks and which PCRs each has; a bank that is switched off is left out.</summary>
    public IReadOnlyList<PcrSelection> GetPcrBanks(CancellationToken cancellationToken = default)
    {
        var reader = GetCapability(CapabilityPcrs, 0, 1, cancellationToken, out _);
        var banks = PcrSelection.ReadList(ref reader);
        reader.End("TPML_PCR_SELECTION");
        return [.. banks.Where(bank => bank.Count > 0)];
    }

    /// <summary>One fixed or variable property, or null when the TPM does not have it.</summary>
    public uint? GetProperty(TpmProperty property, CancellationToken cancellationToken = default)
    {
        var reader = GetCapability(CapabilityProperties, (uint)property, 1, cancellationToken, out _);
        if (reader.U32() == 0)
        {
            return null;
        }

        // A TPM that lacks it answers with the next higher one.
        var tag = reader.U32();
        var value = reader.U32();
        return tag == (uint)property ? value : null;
    }

    /// <summary>The handles in use from <paramref name="first"/> on, of that handle's type: 0x81000000 for persistent objects.</summary>
    public IReadOnlyList<uint> GetHandles(uint first, CancellationToken cancellationToken = default)
    {
        const int atOnce = 64;
        var handles = new List<uint>();
        bool more;
        do
        {
            var reader = GetCapability(CapabilityHandles, first, atOnce, cancellationToken, out more);
            var count = reader.U32();
            if (count > atOnce || (more && count == 0))
            {
                throw reader.Bad($"{count} handles where at most {atOnce} were asked for", 4);
            }

            for (var i = 0; i < count; i++)
            {
                handles.Add(reader.U32());
            }

            reader.End("TPML_HANDLE");
            first = handles.Count > 0 ? handles[^1] + 1 : first;
        } while (more);

        return handles;
    }

    private TpmReader GetCapability(
        uint capability,
        uint property,
        uint count,
        CancellationToken cancellationToken,
        out bool more
    )
    {
        var parameters = new TpmWriter().U32(capability).U32(property).U32(count);
        var reader = Execute(TpmCommandCode.GetCapability, [], [], parameters, cancellationToken).Parameters;
        more = reader.YesNo();
        var answered = reader.U32();
        return answered == capability ? reader : throw reader.Bad($"capability {answered} instead of {capability}", 4);
    }
}
