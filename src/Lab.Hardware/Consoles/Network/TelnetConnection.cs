using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading.Channels;
using Lab.Model.Errors;

namespace Lab.Hardware.Consoles.Network;

/// <summary>A telnet connection in binary (RFC 856), with serial control where the server offers it (RFC 2217).</summary>
internal sealed class TelnetConnection : Stream, ILineConnection
{
    private const byte Binary = 0;
    private const byte Echo = 1;
    private const byte SuppressGoAhead = 3;
    private const byte ComPort = 44;

    // RFC 2217, section 3; the server's answers are these plus 100.
    private const byte SetBaudRate = 1;
    private const byte SetControl = 5;
    private const byte FromServer = 100;

    private const byte BreakOn = 5;
    private const byte BreakOff = 6;
    private const byte DtrOn = 8;
    private const byte DtrOff = 9;
    private const byte RtsOn = 11;
    private const byte RtsOff = 12;

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly NetworkOptions _options;
    private readonly TimeProvider _time;
    private readonly TelnetDecoder _decoder;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Channel<byte[]> _replies = Channel.CreateBounded<byte[]>(
        // A server that asks for more than this without end is not one.
        new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly HashSet<(byte Verb, byte Option)> _said = [];
    private readonly MemoryStream _early = new();
    private bool? _hasComPort;
    private int? _speed;
    private bool _sendsBinary;

    public TelnetConnection(TcpClient client, NetworkOptions options, TimeProvider time)
    {
        _client = client;
        _stream = client.GetStream();
        _options = options;
        _time = time;
        _decoder = new TelnetDecoder(OnOption, OnSubnegotiation);
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

    private bool IsSerial => _options.Protocol == LineProtocol.Rfc2217;

    /// <summary>Agrees on the options. With RFC 2217 it waits until the server has said that it can, and what speed it has set.</summary>
    /// <exception cref="LabException">The server cannot, or has set another speed.</exception>
    public async Task NegotiateAsync(CancellationToken cancellationToken)
    {
        Say(TelnetDecoder.Will, Binary);
        Say(TelnetDecoder.Do, Binary);
        Say(TelnetDecoder.Do, SuppressGoAhead);
        if (!IsSerial)
        {
            await SendRepliesAsync(cancellationToken);
            return;
        }

        Say(TelnetDecoder.Will, ComPort);
        await ReadUntilAsync(() => _hasComPort is not null, cancellationToken);
        if (_hasComPort == false)
        {
            throw new LabException(
                "the console server has no serial control (RFC 2217)",
                remedy: "use the driver 'telnet' or 'tcp'"
            );
        }

        // Speed 0 asks for the one that is set. Only the opened port can answer, so after this nothing that the board says is dropped.
        var rate = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(rate, _options.Speed ?? 0);
        await SendAsync(Subnegotiation(SetBaudRate, rate), cancellationToken);
        await ReadUntilAsync(() => _speed is not null, cancellationToken);
        if (_options.Speed is { } speed && _speed != speed)
        {
            throw new LabException(
                $"the console server was asked for {speed} bits per second and has set {_speed}",
                remedy: "see which speeds its port can do"
            );
        }
    }

    public async Task SendBreakAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        if (!IsSerial)
        {
            // Plain telnet's break has no length: the server chooses.
            await SendAsync([TelnetDecoder.Iac, TelnetDecoder.Break], cancellationToken);
            return;
        }

        await SendAsync(Subnegotiation(SetControl, BreakOn), cancellationToken);
        try
        {
            await Task.Delay(duration, _time, cancellationToken);
        }
        finally
        {
            await SendAsync(Subnegotiation(SetControl, BreakOff), CancellationToken.None);
        }
    }

    public async Task SetModemLinesAsync(bool? dataTerminalReady, bool? requestToSend, CancellationToken cancellationToken)
    {
        if (!IsSerial)
        {
            throw new NotSupportedException("has no modem lines");
        }

        if (dataTerminalReady is { } ready)
        {
            await SendAsync(Subnegotiation(SetControl, ready ? DtrOn : DtrOff), cancellationToken);
        }

        if (requestToSend is { } request)
        {
            await SendAsync(Subnegotiation(SetControl, request ? RtsOn : RtsOff), cancellationToken);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_early.Position < _early.Length)
        {
            return _early.Read(buffer.Span);
        }

        while (true)
        {
            var count = await ReceiveAsync(buffer, cancellationToken);
            if (count is null or > 0)
            {
                return count ?? 0;
            }
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var escaped = new List<byte>(buffer.Length + 16);
        for (var index = 0; index < buffer.Length; index++)
        {
            var value = buffer.Span[index];
            escaped.Add(value);
            if (value == TelnetDecoder.Iac)
            {
                escaped.Add(value);
            }
            else if (value == '\r' && !_sendsBinary && (index + 1 == buffer.Length || buffer.Span[index + 1] != '\n'))
            {
                escaped.Add(0);
            }
        }

        await SendAsync([.. escaped], cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await base.DisposeAsync();
    }

    private static byte[] Subnegotiation(byte command, params ReadOnlySpan<byte> value)
    {
        var bytes = new List<byte> { TelnetDecoder.Iac, TelnetDecoder.Sb, ComPort, command };
        foreach (var octet in value)
        {
            bytes.Add(octet);
            if (octet == TelnetDecoder.Iac)
            {
                bytes.Add(octet);
            }
        }

        bytes.AddRange([TelnetDecoder.Iac, TelnetDecoder.Se]);
        return [.. bytes];
    }

    private async Task ReadUntilAsync(Func<bool> isDone, CancellationToken cancellationToken)
    {
        await SendRepliesAsync(cancellationToken);
        var buffer = new byte[4096];
        while (!isDone())
        {
            var count = await ReceiveAsync(buffer, cancellationToken) ?? throw new IOException("the console server hung up");
            var position = _early.Position;
            _early.Position = _early.Length;
            _early.Write(buffer, 0, count);
            _early.Position = position;
        }
    }

    /// <summary>Receives once, answers what is to be answered, and returns the bytes of data; null at the end.</summary>
    private async Task<int?> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await _stream.ReadAsync(buffer, cancellationToken);
        if (count == 0)
        {
            return null;
        }

        var length = _decoder.Decode(buffer.Span[..count]);
        await SendRepliesAsync(cancellationToken);
        return length;
    }

    private async Task SendRepliesAsync(CancellationToken cancellationToken)
    {
        while (_replies.Reader.TryRead(out var reply))
        {
            await SendAsync(reply, cancellationToken);
        }
    }

    private async Task SendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _stream.WriteAsync(bytes, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    private void OnOption(byte verb, byte option)
    {
        switch (verb, option)
        {
            case (TelnetDecoder.Will, Binary or SuppressGoAhead or Echo or ComPort):
                _decoder.IsBinary |= option == Binary;
                Say(TelnetDecoder.Do, option);
                break;
            case (TelnetDecoder.Will, _):
                Say(TelnetDecoder.Dont, option);
                break;
            case (TelnetDecoder.Do, Binary or SuppressGoAhead):
                _sendsBinary |= option == Binary;
                Say(TelnetDecoder.Will, option);
                break;
            case (TelnetDecoder.Do, ComPort) when IsSerial:
                _hasComPort = true;
                Say(TelnetDecoder.Will, option);
                break;
            case (TelnetDecoder.Do, _):
                Say(TelnetDecoder.Wont, option);
                break;
            case (TelnetDecoder.Dont, ComPort):
                _hasComPort ??= false;
                break;
            case (TelnetDecoder.Dont, Binary):
                _sendsBinary = false;
                break;
            case (TelnetDecoder.Wont, Binary):
                _decoder.IsBinary = false;
                break;
        }
    }

    private void OnSubnegotiation(byte option, byte[] value)
    {
        if (option == ComPort && value is [SetBaudRate + FromServer, ..] && value.Length == 5)
        {
            _speed = BinaryPrimitives.ReadInt32BigEndian(value.AsSpan(1));
        }
    }

    /// <summary>Says a thing once: answers to answers would go back and forth for ever (RFC 1143).</summary>
    private void Say(byte verb, byte option)
    {
        if (_said.Add((verb, option)))
        {
            _replies.Writer.TryWrite([TelnetDecoder.Iac, verb, option]);
        }
    }
}
