using System.Buffers.Binary;
using System.Net.Sockets;
using Lab.Model.Boards;

namespace Lab.Emulation.Tpm;

/// <summary>
/// The measuring on-chip ROM of a virtual board. It sits on the control channel between QEMU and swtpm, and each time the board's TPM is
/// started (power-on and reset), before its processor runs, it measures the firmware image into PCR 0 as the hash sequence of an H-CRTM event
/// (TPM 2.0 Library part 1, 34.3; part 3, _TPM_Hash_Start). The TPM's own commands do not pass here, except for a staged fault.
/// </summary>
/// <remarks>It serves one QEMU process. Everything about the board that it needs is given at the start, so it can run in any process.</remarks>
internal sealed class RomRelay : IAsyncDisposable
{
    // tpm_ioctl.h: ptm_hdata holds at most this much.
    private const int HashChunk = 4096;
    private const int BufferSize = 64 * 1024;

    // TPM 1.2's TPM_FAIL: what a ptm_res other than 0 is read as.
    private const uint Fail = 9;

    private readonly Socket _listener;
    private readonly string _tpmPath;
    private readonly ReadOnlyMemory<byte> _firmware;
    private readonly TpmFault _fault;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private Task _answering = Task.CompletedTask;
    private int _measurements;

    private RomRelay(Socket listener, string tpmPath, ReadOnlyMemory<byte> firmware, TpmFault fault)
    {
        _listener = listener;
        _tpmPath = tpmPath;
        _firmware = firmware;
        _fault = fault;
        _serving = Task.Run(ServeAsync);
    }

    /// <summary>How often the firmware was measured.</summary>
    public int Measurements => Volatile.Read(ref _measurements);

    /// <summary>Ends when QEMU is gone, or with an <see cref="Error"/>.</summary>
    public Task Completion => _serving;

    /// <summary>What went wrong, or null. The board's TPM refuses service from then on.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Listens for QEMU. swtpm must be listening already.</summary>
    /// <param name="path">The socket to listen on.</param>
    /// <param name="tpmPath">swtpm's control socket.</param>
    /// <param name="firmware">The firmware image, whole, as the board will run it.</param>
    /// <param name="fault">A fault to stage.</param>
    public static RomRelay Listen(string path, string tpmPath, ReadOnlyMemory<byte> firmware, TpmFault fault)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        File.Delete(path);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        return new RomRelay(listener, tpmPath, firmware, fault);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        await _answering;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            using var board = new DescriptorSocket(await _listener.AcceptAsync(_stop.Token));
            using var tpm = await DescriptorSocket.ConnectAsync(_tpmPath, _stop.Token);
            await RelayAsync(board, tpm, _stop.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The board is switched off, or QEMU has ended; its owner sees that for itself, as it sees the end of swtpm.
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            Error = exception;
        }
    }

    /// <summary>Request, answer, request, answer: QEMU holds a lock over each such pair.</summary>
    private async Task RelayAsync(DescriptorSocket board, DescriptorSocket tpm, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (request, descriptor) = await ReceiveRequestAsync(board, cancellationToken);
            if (request.Length == 0)
                return;
            try
            {
                var command = TpmControlRequest.CommandOf(request.Span);
                if (descriptor >= 0 != (command == TpmControlCommand.SetDataDescriptor))
                    throw new InvalidDataException($"{command} came {(descriptor < 0 ? "without" : "with")} a descriptor");
                if (descriptor >= 0 && _fault == TpmFault.Failing)
                    descriptor = TakeOver(descriptor);
                await tpm.SendAsync(request, descriptor, cancellationToken);
                var response = await ReceiveResponseAsync(tpm, command, cancellationToken);
                if (command == TpmControlCommand.Init && IsSuccess(response.Span))
                    response = await MeasureAsync(tpm, cancellationToken);
                await board.SendAsync(response, -1, cancellationToken);
            }
            finally
            {
                DescriptorSocket.CloseDescriptor(descriptor);
            }
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Request, int Descriptor)> ReceiveRequestAsync(
        DescriptorSocket board,
        CancellationToken cancellationToken
    )
    {
        var buffer = new byte[BufferSize];
        var begun = 0;
        var held = -1;
        try
        {
            while (true)
            {
                var (count, descriptor) = await board.ReceiveAsync(buffer.AsMemory(begun), cancellationToken);
                if (descriptor >= 0)
                {
                    var second = held >= 0;
                    DescriptorSocket.CloseDescriptor(held);
                    held = descriptor;
                    if (second)
                        throw new InvalidDataException("two descriptors came with one request");
                }
                if (count == 0)
                    return begun == 0
                        ? (default, -1)
                        : throw new InvalidDataException("the connection ended in the middle of a request");
                begun += count;
                var length = TpmControlRequest.LengthOf(buffer.AsSpan(0, begun));
                if (length == 0 || begun < length)
                {
                    if (length > buffer.Length)
                        Array.Resize(ref buffer, length);
                    continue;
                }
                if (begun > length)
                    throw new InvalidDataException("a request came before the answer to the one before it");
                var taken = held;
                held = -1;
                return (buffer.AsMemory(0, length), taken);
            }
        }
        finally
        {
            DescriptorSocket.CloseDescriptor(held);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReceiveResponseAsync(
        DescriptorSocket tpm,
        TpmControlCommand command,
        CancellationToken cancellationToken
    )
    {
        var buffer = new byte[BufferSize];
        var begun = 0;
        while (true)
        {
            var count = await tpm.Socket.ReceiveAsync(buffer.AsMemory(begun), SocketFlags.None, cancellationToken);
            if (count == 0)
                throw new IOException("swtpm closed its control channel");
            begun += count;
            var length = TpmControlResponse.LengthOf(command, buffer.AsSpan(0, begun));
            if (length > 0 && begun >= length)
                return buffer.AsMemory(0, begun);
            if (length > buffer.Length)
                Array.Resize(ref buffer, length);
        }
    }

    /// <returns>The answer to CMD_INIT: a failure unless all of the firmware was measured. Closed by default.</returns>
    private async Task<byte[]> MeasureAsync(DescriptorSocket tpm, CancellationToken cancellationToken)
    {
        var succeeded = await AskAsync(TpmControlCommand.HashStart, TpmControlRequest.Plain(TpmControlCommand.HashStart));
        for (var offset = 0; succeeded && offset < _firmware.Length; offset += HashChunk)
        {
            var chunk = _firmware.Slice(offset, Math.Min(HashChunk, _firmware.Length - offset));
            succeeded = await AskAsync(TpmControlCommand.HashData, TpmControlRequest.HashData(chunk.Span));
        }
        succeeded = succeeded && await AskAsync(TpmControlCommand.HashEnd, TpmControlRequest.Plain(TpmControlCommand.HashEnd));
        if (succeeded)
            Interlocked.Increment(ref _measurements);
        else
            Error = new IOException("swtpm refused to measure the firmware");
        var answer = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(answer, succeeded ? 0 : Fail);
        return answer;

        async Task<bool> AskAsync(TpmControlCommand command, byte[] request)
        {
            await tpm.SendAsync(request, -1, cancellationToken);
            return IsSuccess((await ReceiveResponseAsync(tpm, command, cancellationToken)).Span);
        }
    }

    private static bool IsSuccess(ReadOnlySpan<byte> response) => BinaryPrimitives.ReadUInt32BigEndian(response) == 0;

    /// <summary>Keeps the board's end of the data channel and gives swtpm one on which nothing will ever come.</summary>
    private int TakeOver(int board)
    {
        var (idle, given) = DescriptorSocket.CreatePair();
        var socket = new Socket(new SafeSocketHandle(board, ownsHandle: true));
        var kept = new Socket(new SafeSocketHandle(idle, ownsHandle: true));
        _answering = Task.Run(async () =>
        {
            using (socket)
            using (kept)
                await FailingTpm.AnswerAsync(socket, _stop.Token);
        });
        return given;
    }
}
