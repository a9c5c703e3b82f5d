using System.Text;
using Lab.Trust.Tpm;

namespace Lab.Trust.Prediction;

/// <summary>
/// PCR 11 of a unified kernel image: its sections by systemd-stub, then a word for each phase of the boot by systemd-pcrphase
/// (systemd-pcrphase.service(8)).
/// </summary>
public static class UkiPhases
{
    /// <summary>The PCR.</summary>
    public const int Pcr = 11;

    /// <summary>The phases that systemd measures on the way to a running system, as <c>systemd-measure</c> names them.</summary>
    public static readonly IReadOnlyList<string> Standard =
    [
        "enter-initrd",
        "enter-initrd:leave-initrd",
        "enter-initrd:leave-initrd:sysinit",
        "enter-initrd:leave-initrd:sysinit:ready",
    ];

    /// <summary>PCR 11 after the stub.</summary>
    /// <param name="bank">The bank.</param>
    /// <param name="sections">The measured sections in the stub's order: name with its dot, and content.</param>
    public static byte[] AfterStub(TpmAlgorithm bank, IEnumerable<(string Name, byte[] Content)> sections)
    {
        ArgumentNullException.ThrowIfNull(sections);
        var value = new byte[TpmHash.RequiredSizeOf(bank)];
        foreach (var (name, content) in sections)
        {
            TpmHash.ExtendInPlace(bank, value, TpmHash.Compute(bank, Encoding.ASCII.GetBytes(name + '\0')));
            TpmHash.ExtendInPlace(bank, value, TpmHash.Compute(bank, content));
        }

        return value;
    }

    /// <summary>PCR 11 in a phase.</summary>
    /// <param name="bank">The bank.</param>
    /// <param name="afterStub">PCR 11 after the stub.</param>
    /// <param name="phase">The words so far, with colons between them; empty for none.</param>
    public static byte[] InPhase(TpmAlgorithm bank, ReadOnlySpan<byte> afterStub, string phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        var value = afterStub.ToArray();
        foreach (var word in phase.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            TpmHash.ExtendInPlace(bank, value, TpmHash.Compute(bank, Encoding.UTF8.GetBytes(word)));
        }

        return value;
    }

    /// <summary>The values of PCR 11 that a unified kernel image has, in each of these phases.</summary>
    /// <exception cref="PredictionException">It is no unified kernel image whose measurement follows from the file.</exception>
    public static IReadOnlyList<PcrValues> Of(ReadOnlyMemory<byte> uki, TpmAlgorithm bank, IEnumerable<string> phases)
    {
        ArgumentNullException.ThrowIfNull(phases);
        var start = AfterStub(bank, new UkiMeasurement(uki).Sections());
        return
        [
            .. phases.Select(phase => new PcrValues(bank, new Dictionary<int, byte[]> { [Pcr] = InPhase(bank, start, phase) })),
        ];
    }
}
