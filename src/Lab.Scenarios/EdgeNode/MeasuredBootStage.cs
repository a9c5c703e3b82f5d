using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.Progress;

namespace Lab.Scenarios.EdgeNode;

/// <summary>From LinuxBoot's userspace to the target's: TUF, pull by digest, measurement, kexec.</summary>
internal sealed class MeasuredBootStage(RunContext context, Boot boot)
{
    /// <summary>What the boot agent measures, in this order, all into PCR 8; a root file system where the target has one.</summary>
    private static readonly string[] Measured = ["kernel", "initrd", "root", "cmdline"];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var seen = new List<ProgressEvent>();
        var kexec = await boot.ReachAsync("linuxboot", "kexec", context.Deadlines.Of(90), cancellationToken, seen.Add);
        var recorder = context.Recorder;
        recorder.Phase("kexec", kexec.At);

        Claim(seen, "clock", "the clock is set", found => $"{found["time"]} from {found["source"]}");
        Claim(
            seen,
            "tuf",
            "TUF metadata is verified from the pinned root",
            found =>
                $"root {found["root"]}, timestamp {found["timestamp"]}, snapshot {found["snapshot"]}, targets {found["targets"]}"
        );
        await CheckTargetAsync(seen, cancellationToken);

        var started = await boot.ReachAsync("node", "started", context.Deadlines.Of(60), cancellationToken);
        recorder.Phase("target", started.At);
        recorder.Check("the target's userspace starts", holds: true, "the node's attester runs", "console.log");
    }

    private async Task CheckTargetAsync(List<ProgressEvent> seen, CancellationToken cancellationToken)
    {
        var target = seen.Find(progress => progress.Is("linuxboot", "target"));
        var name = target?["name"] ?? "";
        var digest = target is null
            ? ""
            : await context.Services.Require<ITufRepository>().GetTargetDigestAsync(name, cancellationToken);
        context.Recorder.Check(
            "the target is the one that TUF names",
            target is not null && string.Equals(target["digest"], digest, StringComparison.Ordinal),
            target is null ? "the agent named no target" : $"{name} {target["digest"]}",
            "console.log"
        );

        var measured = seen.FindAll(progress => progress.Is("linuxboot", "measured"));
        foreach (var kind in Measured)
        {
            var pulled = seen.Find(progress => progress.Is("linuxboot", "pulled") && progress["kind"] == kind);
            if (kind == "root" && pulled is null)
            {
                continue;
            }

            var measurement = measured.Find(progress => progress["kind"] == kind);
            context.Recorder.Check(
                $"the {kind} is measured before it runs",
                pulled is not null && measurement is not null && SameDigest(pulled["digest"], measurement["digest"]),
                measurement is null ? "not measured" : $"PCR {measurement["pcr"]}: {measurement["digest"]}",
                "console.log"
            );
        }
    }

    private void Claim(List<ProgressEvent> seen, string name, string claim, Func<ProgressEvent, string> detail)
    {
        var found = seen.Find(progress => progress.Is("linuxboot", name));
        context.Recorder.Check(
            claim,
            found is not null,
            found is null ? "the agent did not say so" : detail(found),
            "console.log"
        );
    }

    private static bool SameDigest(string left, string right) =>
        string.Equals(WithoutAlgorithm(left), WithoutAlgorithm(right), StringComparison.Ordinal);

    private static string WithoutAlgorithm(string digest) => digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
