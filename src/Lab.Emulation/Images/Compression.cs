using CliWrap;
using Lab.Host.Machine;

namespace Lab.Emulation.Images;

/// <summary>Zstandard by the host's own program; one thread, so that the same input gives the same bytes.</summary>
internal static class Compression
{
    public static async Task<byte[]> ZstdAsync(byte[] content, int level, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await Cli.Wrap(HostTools.Require("zstd"))
            .WithArguments(["-q", $"-{level}", "--single-thread", "--no-check", "-c"])
            .WithStandardInputPipe(PipeSource.FromBytes(content))
            .WithStandardOutputPipe(PipeTarget.ToStream(output))
            .ExecuteAsync(cancellationToken);
        return output.ToArray();
    }
}
