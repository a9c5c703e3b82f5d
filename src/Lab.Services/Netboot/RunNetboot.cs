using System.Collections.Concurrent;
using Lab.Model.Errors;
using Lab.Model.Services;

namespace Lab.Services.Netboot;

/// <summary>How the boards of one run get their address and their boot file.</summary>
internal sealed class RunNetboot(NetbootFiles files, Uri boardOrigin) : INetboot
{
    private const int MostEvents = 10_000;

    private readonly ConcurrentQueue<NetbootEvent> _events = new();

    public Uri BoardOrigin { get; } = boardOrigin;

    public IReadOnlyList<NetbootEvent> Events => [.. _events];

    public Task<byte[]> ReadAsync(string name, CancellationToken cancellationToken) =>
        files.Find(name) is { } path
            ? File.ReadAllBytesAsync(path, cancellationToken)
            : throw new LabException($"no file '{name}' is served", "netboot", "publish it first");

    public Task PublishAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        files.WriteAsync(name, content, cancellationToken);

    public void Note(NetbootEvent netbootEvent)
    {
        if (_events.Count < MostEvents)
            _events.Enqueue(netbootEvent);
    }
}
