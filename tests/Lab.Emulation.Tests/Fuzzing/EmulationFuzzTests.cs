using Lab.Emulation.Qmp;
using Lab.Emulation.Tpm;
using Lab.Trust.Tests.Fuzzing;

namespace Lab.Emulation.Tests.Fuzzing;

/// <summary>What QEMU may say to the lab: on its monitor, and to the TPM behind the relay.</summary>
[Category("Fuzz")]
internal sealed class EmulationFuzzTests
{
    [TestCaseSource(nameof(Targets))]
    public void Bytes_are_read_or_refused(FuzzTarget target) => FuzzBudget.Spend(target, Targets().Count());

    private static IEnumerable<FuzzTarget> Targets()
    {
        yield return new FuzzTarget(
            "qmp-message",
            [
                """{"QMP":{"version":{"qemu":{"major":7}},"capabilities":[]}}"""u8.ToArray(),
                """{"event":"SHUTDOWN","data":{"guest":true},"timestamp":{"seconds":1}}"""u8.ToArray(),
                """{"return":{"status":"running"},"id":3}"""u8.ToArray(),
                """{"error":{"class":"GenericError","desc":"no"},"id":4}"""u8.ToArray(),
            ],
            bytes => QmpMessage.Parse(bytes),
            typeof(InvalidDataException)
        );
        yield return new FuzzTarget(
            "tpm-control",
            [
                [0, 0, 0, 2, 0, 0, 0, 0],
                [0, 0, 0, 16],
                [0, 0, 0, 7, 0, 0, 0, 4, 1, 2, 3, 4],
            ],
            bytes => TpmControlRequest.LengthOf(bytes),
            typeof(InvalidDataException)
        );
    }
}
