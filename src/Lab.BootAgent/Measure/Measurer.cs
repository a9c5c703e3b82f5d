using System.Text;
using Lab.BootAgent.Events;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;

namespace Lab.BootAgent.Measure;

/// <summary>Extends PCR 8 with what is about to run, in every bank that is on, and writes the log.</summary>
/// <param name="tpm">The TPM.</param>
/// <param name="log">The log to go on with.</param>
/// <param name="banks">The banks that are on.</param>
/// <param name="events">Told of each measurement.</param>
internal sealed class Measurer(Tpm2 tpm, EventLogWriter log, IReadOnlyList<TpmAlgorithm> banks, EventWriter events)
{
    /// <summary>The PCR of everything that LinuxBoot starts.</summary>
    public const int Pcr = 8;

    private static ReadOnlySpan<byte> NoError => [0, 0, 0, 0];

    private static ReadOnlySpan<byte> Error => [0xFF, 0xFF, 0xFF, 0xFF];

    /// <summary>Measures an artifact by its whole content.</summary>
    /// <param name="kind">Its name in the log, after <c>hwlab:</c>.</param>
    /// <param name="content">The bytes that will be used.</param>
    /// <param name="sha256">Their SHA-256, where it is known already.</param>
    /// <exception cref="TpmException">The TPM refused.</exception>
    /// <exception cref="FormatException">The PCR did not take the value that it must have now.</exception>
    public void Measure(string kind, ReadOnlySpan<byte> content, byte[]? sha256)
    {
        var digests = new Dictionary<TpmAlgorithm, byte[]>();
        foreach (var algorithm in banks.Union(log.Banks))
        {
            var isKnown = algorithm == TpmAlgorithm.Sha256 && sha256 is not null;
            digests[algorithm] = isKnown ? sha256! : TpmHash.Compute(algorithm, content);
        }

        Extend(kind, LogEventType.Ipl, digests, Encoding.UTF8.GetBytes($"hwlab:{kind}"));
    }

    /// <summary>Ends our measurements: what is extended after this is not LinuxBoot's.</summary>
    /// <exception cref="TpmException">The TPM refused.</exception>
    public void Separate() => Extend("separator", LogEventType.Separator, Digests(NoError), NoError);

    /// <summary>Spoils PCR 8 after a failure, so that this boot cannot be attested whatever runs later.</summary>
    /// <param name="tpm">The TPM.</param>
    /// <param name="banks">The banks that are on.</param>
    public static void Spoil(Tpm2 tpm, IReadOnlyList<TpmAlgorithm> banks) =>
        tpm.ExtendPcr(Pcr, banks.ToDictionary(bank => bank, bank => TpmHash.Compute(bank, Error)));

    private void Extend(string kind, LogEventType type, Dictionary<TpmAlgorithm, byte[]> digests, ReadOnlySpan<byte> data)
    {
        var before = tpm.ReadPcrs(PcrSelection.Of(banks[0], Pcr))[Pcr].ToArray();
        tpm.ExtendPcr(Pcr, banks.ToDictionary(bank => bank, bank => digests[bank]));
        var after = tpm.ReadPcrs(PcrSelection.Of(banks[0], Pcr))[Pcr];
        if (!after.SequenceEqual(TpmHash.Extend(banks[0], before, digests[banks[0]])))
            throw new FormatException($"PCR {Pcr} does not have the value that it must have after '{kind}'");
        log.Append(Pcr, type, log.Banks.ToDictionary(bank => bank, bank => digests[bank]), data);
        events.Write(
            "measured",
            json =>
            {
                json.WriteNumber("pcr"u8, Pcr);
                json.WriteString("kind"u8, kind);
                json.WriteString("digest"u8, Convert.ToHexStringLower(digests[banks[0]]));
            }
        );
    }

    private Dictionary<TpmAlgorithm, byte[]> Digests(ReadOnlySpan<byte> data)
    {
        var digests = new Dictionary<TpmAlgorithm, byte[]>();
        foreach (var algorithm in banks.Union(log.Banks))
            digests[algorithm] = TpmHash.Compute(algorithm, data);
        return digests;
    }
}
