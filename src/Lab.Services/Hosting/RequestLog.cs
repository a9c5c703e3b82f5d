using System.Text.Json;
using System.Threading.Channels;

namespace Lab.Services.Hosting;

/// <summary>Writes each request as one line of JSON. Never blocks a request: lines are handed to one writer.</summary>
internal sealed class RequestLog : IAsyncDisposable
{
    private readonly Channel<RequestRecord> _records = Channel.CreateUnbounded<RequestRecord>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly FileStream _file;
    private readonly Task _writer;

    public RequestLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        _writer = WriteAsync();
    }

    public void Add(RequestRecord record) => _records.Writer.TryWrite(record);

    public async ValueTask DisposeAsync()
    {
        _records.Writer.TryComplete();
        await _writer;
        await _file.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        while (await _records.Reader.WaitToReadAsync())
        {
            try
            {
                while (_records.Reader.TryRead(out var record))
                {
                    await JsonSerializer.SerializeAsync(_file, record, RequestLogJson.Default.RequestRecord);
                    _file.WriteByte((byte)'\n');
                }
                await _file.FlushAsync();
            }
            catch (IOException)
            {
                // A full disk must not take the services down with it; the run's other writers report it.
            }
        }
    }
}
