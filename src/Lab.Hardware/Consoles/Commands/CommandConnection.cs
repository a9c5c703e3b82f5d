using System.Diagnostics;

namespace Lab.Hardware.Consoles.Commands;

/// <summary>A program's output and input as one stream. It ends with the program, and says what it complained about.</summary>
internal sealed class CommandConnection : Stream, ILineConnection
{
    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private volatile string? _complaint;

    public CommandConnection(Process process)
    {
        _process = process;
        _input = process.StandardInput.BaseStream;
        _output = process.StandardOutput.BaseStream;
        process.ErrorDataReceived += (_, line) =>
            _complaint = string.IsNullOrWhiteSpace(line.Data) ? _complaint : line.Data.Trim();
        process.BeginErrorReadLine();
    }

    Stream ILineConnection.Stream => this;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _output.ReadAsync(buffer, cancellationToken);
        if (count > 0)
        {
            return count;
        }

        await _process.WaitForExitAsync(cancellationToken);
        throw new IOException(
            $"the program ended with exit code {_process.ExitCode}" + (_complaint is { } said ? $": {said}" : "")
        );
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _input.WriteAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => _input.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        await base.DisposeAsync();
    }
}
