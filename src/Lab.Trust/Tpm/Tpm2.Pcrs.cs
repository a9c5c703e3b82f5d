namespace Lab.Trust.Tpm;

/// <content>PCRs and hashing.</content>
public sealed partial class Tpm2
{
    // Part 2, 10.9.7: TPML_DIGEST holds at most eight digests.
    private const int MaxDigests = 8;
    private const uint FirstPcr = 0;

    /// <summary>TPM2_PCR_Read, as often as the selection needs; begun anew if a PCR changed in between.</summary>
    /// <returns>The values of exactly the selected PCRs.</returns>
    /// <exception cref="TpmFormatException">The TPM has no such bank or PCR, or answers otherwise than asked.</exception>
    public PcrValues ReadPcrs(PcrSelection selection, CancellationToken cancellationToken = default)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            if (TryReadPcrs(selection, cancellationToken) is { } values)
            {
                return values;
            }
        }

        throw new TpmFormatException(0, "the PCRs keep changing while they are read");
    }

    /// <summary>TPM2_PCR_Extend of one PCR in one bank.</summary>
    public void ExtendPcr(int pcr, TpmAlgorithm bank, ReadOnlySpan<byte> digest, CancellationToken cancellationToken = default) =>
        ExtendPcr(pcr, new Dictionary<TpmAlgorithm, byte[]> { [bank] = digest.ToArray() }, cancellationToken);

    /// <summary>TPM2_PCR_Extend of one PCR in several banks: a bank left out is a bank that an attacker can extend later.</summary>
    /// <param name="digests">Bank → digest of that bank's size.</param>
    /// <exception cref="ArgumentException">A digest of the wrong size.</exception>
    public void ExtendPcr(
        int pcr,
        IReadOnlyDictionary<TpmAlgorithm, byte[]> digests,
        CancellationToken cancellationToken = default
    )
    {
        var parameters = new TpmWriter().U32((uint)digests.Count);
        foreach (var (bank, digest) in digests)
        {
            if (digest.Length != TpmHash.SizeOf(bank))
            {
                throw new ArgumentException($"The bank {bank} is not extended with {digest.Length} bytes.", nameof(digests));
            }

            parameters.Algorithm(bank).Bytes(digest);
        }

        Execute(TpmCommandCode.PcrExtend, [PcrHandle(pcr)], [TpmAuthorization.Empty], parameters, cancellationToken);
    }

    /// <summary>TPM2_PCR_Reset; a PC Client TPM allows it from user space for PCR 16 (debug) and 23 (application) only.</summary>
    public void ResetPcr(int pcr, CancellationToken cancellationToken = default) =>
        Execute(TpmCommandCode.PcrReset, [PcrHandle(pcr)], [TpmAuthorization.Empty], new TpmWriter(), cancellationToken);

    /// <summary>The digest of any amount of data, computed by the TPM (TPM2_HashSequenceStart, SequenceUpdate, SequenceComplete).</summary>
    public byte[] Hash(TpmAlgorithm algorithm, ReadOnlySpan<byte> data, CancellationToken cancellationToken = default)
    {
        const int chunkSize = 1024; // the least MAX_DIGEST_BUFFER of PC Client TPMs
        var start = new TpmWriter().Sized([]).Algorithm(algorithm);
        var sequence = Execute(TpmCommandCode.HashSequenceStart, [], [], start, cancellationToken, hasHandle: true).Handle;
        while (data.Length > chunkSize)
        {
            var update = new TpmWriter().Sized(data[..chunkSize]);
            Execute(TpmCommandCode.SequenceUpdate, [sequence], [TpmAuthorization.Empty], update, cancellationToken);
            data = data[chunkSize..];
        }

        var complete = new TpmWriter().Sized(data).U32(TpmHandle.Null);
        var reader = Execute(
            TpmCommandCode.SequenceComplete,
            [sequence],
            [TpmAuthorization.Empty],
            complete,
            cancellationToken
        ).Parameters;
        return reader.Sized(TpmHash.MaxDigestSize).ToArray();
    }

    private static uint PcrHandle(int pcr)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pcr);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pcr, PcrSelection.PcrCount);
        return FirstPcr + (uint)pcr;
    }

    private PcrValues? TryReadPcrs(PcrSelection selection, CancellationToken cancellationToken)
    {
        var values = new Dictionary<int, byte[]>();
        uint? counter = null;
        var left = selection;
        while (left.Count > 0)
        {
            var parameters = new TpmWriter();
            left.WriteList(parameters);
            var reader = Execute(TpmCommandCode.PcrRead, [], [], parameters, cancellationToken).Parameters;
            var now = reader.U32();
            if (now != (counter ??= now))
            {
                return null;
            }

            left = left with { Mask = left.Mask & ~ReadSome(ref reader, left, values) };
        }

        return new PcrValues(selection.Bank, values);
    }

    private static uint ReadSome(ref TpmReader reader, PcrSelection wanted, Dictionary<int, byte[]> values)
    {
        var selections = PcrSelection.ReadList(ref reader);
        var count = reader.U32();
        var got = selections.Count == 1 ? selections[0] : default;
        if (
            got.Bank != wanted.Bank
            || got.Count == 0
            || (got.Mask & ~wanted.Mask) != 0
            || got.Count != count
            || count > MaxDigests
        )
        {
            throw reader.Bad($"the TPM was asked for {wanted} and gave {string.Join(' ', selections)}");
        }

        foreach (var pcr in got.Pcrs)
        {
            values[pcr] = reader.Sized(TpmHash.RequiredSizeOf(wanted.Bank)).ToArray();
        }

        reader.End("TPM2_PCR_Read");
        return got.Mask;
    }
}
