using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Lab.Model.Errors;

namespace Lab.Emulation.Qmp;

/// <summary>A client of QEMU's machine protocol: commands with ids, events as they come, every line bounded.</summary>
public sealed class QmpClient : IAsyncDisposable
{
    private const int EventsKept = 1024;

    private readonly Stream _stream;
    private readonly QmpLineReader _reader;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonElement>> _pending = new();
    private readonly Lock _gate = new();
    private readonly List<Channel<QmpEvent>> _subscribers = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private LabException? _lost;
    private long _lastId;

    private QmpClient(Stream stream)
    {
        _stream = stream;
        _reader = new QmpLineReader(stream);
    }

    /// <summary>Connects to a monitor's Unix socket and leaves the negotiation behind.</summary>
    /// <exception cref="LabException">There is no monitor, or it speaks something else.</exception>
    public static async Task<QmpClient> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new LabException($"QEMU's monitor does not answer: {exception.Message}", path, inner: exception);
        }
        return await OpenAsync(new NetworkStream(socket, ownsSocket: true), cancellationToken);
    }

    /// <summary>Leaves the negotiation behind on a stream that is connected to a monitor.</summary>
    /// <exception cref="LabException">It speaks something else.</exception>
    public static async Task<QmpClient> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        var client = new QmpClient(stream);
        try
        {
            var line = await client._reader.ReadLineAsync(cancellationToken);
            if (line is null || QmpMessage.Parse(line.Value) is not QmpMessage.Greeting)
                throw new InvalidDataException("no greeting came");
            client._reading = Task.Run(client.ReadAsync, CancellationToken.None);
            await client.ExecuteAsync("qmp_capabilities", null, cancellationToken);
            return client;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            await client.DisposeAsync();
            throw new LabException($"QEMU's monitor cannot be used: {exception.Message}", "QMP", inner: exception);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command and returns what it returns.</summary>
    /// <exception cref="LabException">QEMU refused it, or is gone.</exception>
    public async Task<JsonElement> ExecuteAsync(string command, JsonObject? arguments, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        try
        {
            if (Lost() is { } lost)
                throw lost;
            var message = new JsonObject { ["execute"] = command, ["id"] = id };
            if (arguments is not null)
                message["arguments"] = arguments;
            await SendAsync(message, cancellationToken);
            return await answer.Task.WaitAsync(cancellationToken);
        }
        catch (QmpRefusalException refusal)
        {
            throw new LabException($"QEMU refused {command}: {refusal.Message}", "QMP", inner: refusal);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    /// <summary>Events from the call on, until QEMU is gone. A reader who falls behind by more than 1024 loses the oldest.</summary>
    public IAsyncEnumerable<QmpEvent> SubscribeAsync(CancellationToken cancellationToken) =>
        EnumerateAsync(Subscribe(), cancellationToken);

    /// <summary>The next event of that name after the call. Called before the command that causes it, it cannot be missed.</summary>
    /// <exception cref="LabException">QEMU is gone.</exception>
    public Task<QmpEvent> NextAsync(string name, CancellationToken cancellationToken)
    {
        // Subscribed at the call, not when the task is awaited.
        var channel = Subscribe();
        return FindAsync();

        async Task<QmpEvent> FindAsync()
        {
            await foreach (var value in EnumerateAsync(channel, cancellationToken))
            {
                if (value.Name == name)
                    return value;
            }
            throw Lost() ?? new LabException($"the event {name} did not come", "QMP");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _stream.DisposeAsync();
        await _reading;
        _stop.Dispose();
        _writing.Dispose();
    }

    private Channel<QmpEvent> Subscribe()
    {
        var channel = Channel.CreateBounded<QmpEvent>(
            new BoundedChannelOptions(EventsKept) { FullMode = BoundedChannelFullMode.DropOldest }
        );
        lock (_gate)
        {
            if (_lost is not null)
                channel.Writer.Complete();
            else
                _subscribers.Add(channel);
        }
        return channel;
    }

    private async IAsyncEnumerable<QmpEvent> EnumerateAsync(
        Channel<QmpEvent> channel,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        try
        {
            await foreach (var value in channel.Reader.ReadAllAsync(cancellationToken))
                yield return value;
        }
        finally
        {
            lock (_gate)
                _subscribers.Remove(channel);
        }
    }

    private LabException? Lost()
    {
        lock (_gate)
            return _lost;
    }

    private async Task SendAsync(JsonObject message, CancellationToken cancellationToken)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes<JsonNode>(message);
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _stream.WriteAsync((byte[])[.. line, (byte)'\n'], cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new LabException($"QEMU's monitor is gone: {exception.Message}", "QMP", inner: exception);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        var why = "QEMU closed its monitor";
        try
        {
            while (await _reader.ReadLineAsync(_stop.Token) is { } line)
                Dispatch(QmpMessage.Parse(line));
        }
        catch (Exception exception)
            when (exception is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            why = exception.Message;
        }
        lock (_gate)
        {
            _lost = new LabException($"QEMU's monitor is gone: {why}", "QMP");
            foreach (var subscriber in _subscribers)
                subscriber.Writer.TryComplete();
        }
        foreach (var answer in _pending.Values)
            answer.TrySetException(_lost);
    }

    private void Dispatch(QmpMessage message)
    {
        switch (message)
        {
            case QmpMessage.Event { Value: var value }:
                lock (_gate)
                {
                    foreach (var subscriber in _subscribers)
                        subscriber.Writer.TryWrite(value);
                }
                break;
            case QmpMessage.Return { Id: { } id, Value: var value } when _pending.TryGetValue(id, out var answer):
                answer.TrySetResult(value);
                break;
            case QmpMessage.Failure { Id: { } id } failure when _pending.TryGetValue(id, out var answer):
                answer.TrySetException(new QmpRefusalException($"{failure.Description} ({failure.Class})"));
                break;
            case QmpMessage.Return or QmpMessage.Failure:
                // The answer to a command whose caller gave up.
                break;
            default:
                throw new InvalidDataException("QEMU's monitor greeted twice");
        }
    }
}
