using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Lab.Emulation.Qmp;
using Lab.Model.Errors;

namespace Lab.Emulation.Tests.Qmp;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class QmpClientTests
{
    private const string Greeting = """{"QMP": {"version": {}, "capabilities": []}}""";

    private readonly Pipe _toClient = new();
    private readonly Pipe _fromClient = new();
    private StreamReader _commands = null!;

    [Test]
    public async Task An_answer_goes_to_the_command_with_its_id_in_whatever_order()
    {
        await using var client = await OpenAsync();
        var first = client.ExecuteAsync("first", null, CancellationToken.None);
        var second = client.ExecuteAsync("second", null, CancellationToken.None);
        var firstId = await ReadIdAsync();
        var secondId = await ReadIdAsync();

        await SayAsync($$"""{"return": "b", "id": {{secondId}}}""");
        await SayAsync($$"""{"return": "a", "id": {{firstId}}}""");

        Assert.That((await first).GetString(), Is.EqualTo("a"));
        Assert.That((await second).GetString(), Is.EqualTo("b"));
    }

    [Test]
    public async Task A_refusal_is_told_with_the_words_of_qemu()
    {
        await using var client = await OpenAsync();
        var command = client.ExecuteAsync("cont", null, CancellationToken.None);
        var id = await ReadIdAsync();

        await SayAsync($$$"""{"error": {"class": "GenericError", "desc": "not now"}, "id": {{{id}}}}""");

        var error = await Assert.ThrowsAsync<LabException>(() => command);
        Assert.That(error!.Message, Does.Contain("QEMU refused cont: not now"));
    }

    [Test]
    public async Task An_event_between_call_and_await_is_not_missed()
    {
        await using var client = await OpenAsync();
        var reset = client.NextAsync("RESET", CancellationToken.None);
        var other = client.ExecuteAsync("x", null, CancellationToken.None);
        var id = await ReadIdAsync();
        await SayAsync("""{"event": "STOP", "timestamp": {}}""");
        await SayAsync("""{"event": "RESET", "data": {"guest": true}, "timestamp": {}}""");
        await SayAsync($$$"""{"return": {}, "id": {{{id}}}}""");
        await other;

        Assert.That((await reset).Data.GetProperty("guest").GetBoolean());
    }

    [Test]
    public async Task Commands_and_waits_fail_when_qemu_is_gone()
    {
        await using var client = await OpenAsync();
        var command = client.ExecuteAsync("x", null, CancellationToken.None);
        var wait = client.NextAsync("RESET", CancellationToken.None);
        await ReadIdAsync();

        await _toClient.Writer.CompleteAsync();

        await Assert.ThrowsAsync<LabException>(() => command);
        await Assert.ThrowsAsync<LabException>(() => wait);
        await Assert.ThrowsAsync<LabException>(() => client.ExecuteAsync("y", null, CancellationToken.None));
    }

    [TestCase("nonsense")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"return": {}}""")]
    [TestCase("""{"QMP": 1}""")]
    public async Task What_does_not_greet_as_qemu_does_is_refused(string line)
    {
        var opening = QmpClient.OpenAsync(_toClient.Reader.AsStream(), CancellationToken.None);
        await SayAsync(line);

        await Assert.ThrowsAsync<LabException>(() => opening);
    }

    [Test]
    public async Task A_line_without_end_is_refused()
    {
        using var endless = new MemoryStream(new byte[100_000]);
        var reader = new QmpLineReader(endless, maximumLength: 50_000);

        await Assert.ThrowsAsync<InvalidDataException>(() => reader.ReadLineAsync(CancellationToken.None));
    }

    [FsCheck.NUnit.Property]
    public bool Lines_come_out_as_they_went_in(string[] lines, byte pieces)
    {
        var clean = lines.Select(line => (line ?? "").Replace("\n", "", StringComparison.Ordinal).TrimEnd('\r')).ToArray();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(clean.Select(line => line + "\r\n"))));
        var reader = new QmpLineReader(stream);
        return clean.All(line =>
        {
            var read = reader.ReadLineAsync(CancellationToken.None).GetAwaiter().GetResult();
            return read is { } bytes && bytes.Span.SequenceEqual(Encoding.UTF8.GetBytes(line));
        });
    }

    [FsCheck.NUnit.Property]
    public bool Any_bytes_are_a_message_or_refused(byte[] bytes)
    {
        try
        {
            return QmpMessage.Parse(bytes) is not null;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private async Task<QmpClient> OpenAsync()
    {
        _commands = new StreamReader(_fromClient.Reader.AsStream());
        var opening = QmpClient.OpenAsync(
            new Duplex(_toClient.Reader.AsStream(), _fromClient.Writer.AsStream()),
            CancellationToken.None
        );
        await SayAsync(Greeting);
        await SayAsync($$$"""{"return": {}, "id": {{{await ReadIdAsync()}}}}""");
        return await opening;
    }

    private async Task<long> ReadIdAsync()
    {
        using var command = JsonDocument.Parse((await _commands.ReadLineAsync())!);
        return command.RootElement.GetProperty("id").GetInt64();
    }

    private async Task SayAsync(string line) => await _toClient.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
}
