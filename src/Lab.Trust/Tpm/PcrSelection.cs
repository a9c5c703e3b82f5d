using System.Numerics;
using System.Runtime.InteropServices;

namespace Lab.Trust.Tpm;

/// <summary>TPMS_PCR_SELECTION: which PCRs of one bank.</summary>
/// <param name="Bank">The bank's hash algorithm.</param>
/// <param name="Mask">Bit n stands for PCR n.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PcrSelection(TpmAlgorithm Bank, uint Mask)
{
    /// <summary>PCRs of a PC Client TPM: 0 to 23.</summary>
    public const int PcrCount = 24;

    // Part 2, 10.6.2: PC Client TPMs have three octets; four leave room for the future. HASH_COUNT of any TPM is below 16.
    private const int LeastOctets = 3;
    private const int MaxOctets = 4;
    private const int MaxBanks = 16;

    /// <summary>The PCRs, ascending.</summary>
    public IReadOnlyList<int> Pcrs
    {
        get
        {
            var mask = Mask;
            return [.. Enumerable.Range(0, 32).Where(pcr => (mask & (1u << pcr)) != 0)];
        }
    }

    /// <summary>How many PCRs are selected.</summary>
    public int Count => BitOperations.PopCount(Mask);

    /// <summary>A selection of the given PCRs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number outside 0 to 23.</exception>
    public static PcrSelection Of(TpmAlgorithm bank, params IEnumerable<int> pcrs)
    {
        ArgumentNullException.ThrowIfNull(pcrs);
        var mask = 0u;
        foreach (var pcr in pcrs)
        {
            mask |= pcr is >= 0 and < PcrCount
                ? 1u << pcr
                : throw new ArgumentOutOfRangeException(nameof(pcrs), pcr, "PCRs are numbered 0 to 23.");
        }

        return new PcrSelection(bank, mask);
    }

    /// <summary>Whether the PCR is selected.</summary>
    public bool Contains(int pcr) => pcr is >= 0 and < 32 && (Mask & (1u << pcr)) != 0;

    /// <summary>As in "sha256:0,4,8".</summary>
    public override string ToString() => $"{Bank.ToString().ToLowerInvariant()}:{string.Join(',', Pcrs)}";

    /// <summary>Reads a TPML_PCR_SELECTION.</summary>
    internal static IReadOnlyList<PcrSelection> ReadList(ref TpmReader reader)
    {
        var count = reader.U32();
        if (count > MaxBanks)
        {
            throw reader.Bad($"{count} PCR selections are above the limit of {MaxBanks}", 4);
        }

        var list = new PcrSelection[count];
        for (var i = 0; i < list.Length; i++)
        {
            list[i] = Read(ref reader);
        }

        return list;
    }

    /// <summary>Writes a TPML_PCR_SELECTION of this one selection.</summary>
    internal void WriteList(TpmWriter writer)
    {
        writer.U32(1).Algorithm(Bank).U8(LeastOctets);
        for (var octet = 0; octet < LeastOctets; octet++)
        {
            writer.U8((byte)(Mask >> (8 * octet)));
        }
    }

    private static PcrSelection Read(ref TpmReader reader)
    {
        var bank = reader.Algorithm();
        var octets = reader.U8();
        if (octets is < LeastOctets or > MaxOctets)
        {
            throw reader.Bad($"a PCR selection of {octets} octets", 1);
        }

        var mask = 0u;
        for (var octet = 0; octet < octets; octet++)
        {
            mask |= (uint)reader.U8() << (8 * octet);
        }

        return new PcrSelection(bank, mask);
    }
}
