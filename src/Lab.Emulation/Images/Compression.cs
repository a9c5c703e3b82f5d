using CliWrap;
using Lab.Host.Machine;

namespace Lab.Emulation.Images;

/// <summary>Zstandard by the host's own program; one thread, so that the same input gives the same bytes.</summary>
internal static class Compression
{
    // Higher levels save a tenth of a second of transfer and cost half a minute here; lower ones cost transfer.
    private const int Level = 9;

    public static async Task<byte[]> ZstdAsync(byte[] content, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await Cli.Wrap(HostTools.Require("zstd"))
            .WithArguments(["-q", $"-{Level}", "--single-thread", "--no-check", "-c"])
            .WithStandardInputPipe(PipeSource.FromBytes(content))
            .WithStandardOutputPipe(PipeTarget.ToStream(output))
            .ExecuteAsync(cancellationToken);
        return output.ToArray();
    }
}
