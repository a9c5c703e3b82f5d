using Lab.Services.Admission;

namespace Lab.Services.Tests.Admission;

internal static class TestOptions
{
    public static AdmissionOptions Of(TestLab lab) =>
        new()
        {
            Nodes = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["virt-1"] = "10.244.1.0/24",
                ["virt-2"] = "10.244.2.0/24",
            },
            PrivateFolder = lab.Root,
            JournalPath = lab.PathOf("admission.jsonl"),
            Owner = lab.Owner,
        };
}
