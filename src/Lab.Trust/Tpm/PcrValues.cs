using System.Security.Cryptography;

namespace Lab.Trust.Tpm;

/// <summary>Values of some PCRs of one bank, ascending by PCR.</summary>
/// <param name="bank">The bank's hash algorithm; one that can be computed.</param>
/// <param name="values">PCR number → value.</param>
public sealed class PcrValues(TpmAlgorithm bank, IReadOnlyDictionary<int, byte[]> values)
{
    private readonly SortedDictionary<int, byte[]> values = Checked(bank, values);

    /// <summary>The bank's hash algorithm.</summary>
    public TpmAlgorithm Bank { get; } = bank;

    /// <summary>The PCRs that have a value here.</summary>
    public PcrSelection Selection => PcrSelection.Of(Bank, values.Keys);

    /// <summary>PCR number → value.</summary>
    public IReadOnlyDictionary<int, byte[]> All => values;

    /// <summary>The value of one PCR.</summary>
    /// <exception cref="KeyNotFoundException">It has no value here.</exception>
    public ReadOnlySpan<byte> this[int pcr] => values[pcr];

    /// <summary>The value of one PCR, or null.</summary>
    public byte[]? Find(int pcr) => values.GetValueOrDefault(pcr);

    /// <summary>The digest that a quote of <paramref name="selection"/> carries: H(value ‖ value ‖ …), ascending (Part 3, 18.4).</summary>
    /// <param name="selection">Which PCRs; the bank must be this one.</param>
    /// <param name="hash">The hash of the quote's signature.</param>
    /// <exception cref="KeyNotFoundException">A selected PCR has no value here.</exception>
    public byte[] ComputeDigest(PcrSelection selection, TpmAlgorithm hash)
    {
        if (selection.Bank != Bank)
        {
            throw new KeyNotFoundException($"These are values of {Bank}, not of {selection.Bank}.");
        }

        using var digest = IncrementalHash.CreateHash(TpmHash.NameOf(hash));
        foreach (var pcr in selection.Pcrs)
        {
            digest.AppendData(values[pcr]);
        }

        return digest.GetHashAndReset();
    }

    private static SortedDictionary<int, byte[]> Checked(TpmAlgorithm bank, IReadOnlyDictionary<int, byte[]> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var size = TpmHash.RequiredSizeOf(bank);
        foreach (var (pcr, value) in values)
        {
            if (pcr is < 0 or >= PcrSelection.PcrCount || value.Length != size)
            {
                throw new ArgumentException($"PCR {pcr} of {bank} cannot have a value of {value.Length} bytes.", nameof(values));
            }
        }

        return new SortedDictionary<int, byte[]>(values.ToDictionary());
    }
}
