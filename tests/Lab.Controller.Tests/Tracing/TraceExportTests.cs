using System.Net;
using System.Net.Sockets;
using System.Text;
using Lab.Controller.Runs;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Tracing;
using Lab.Controller.Tracing.Kubernetes;
using Lab.Controller.Tracing.Otlp;
using Lab.Model.Runs;
using NUnit.Framework;
using Serilog;
using Serilog.Events;

namespace Lab.Controller.Tests.Tracing;

[TestFixture]
internal sealed class TraceExportTests
{
    private static readonly byte[] Request = OtlpJson.Write(RunTrace.Of(SampleRun.Passed, [], KubernetesRecords.None));

    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private TemporaryFolder _folder = null!;
    private Collector _collector = null!;

    [SetUp]
    public async Task StartCollector()
    {
        _folder = new TemporaryFolder();
        _collector = await Collector.StartAsync();
        _variables.Clear();
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Address;
        _folder.Write(RunFolder.TraceFile, Encoding.UTF8.GetString(Request));
    }

    [TearDown]
    public async Task StopCollector()
    {
        await _collector.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task At_its_end_a_runs_trace_is_posted_as_JSON()
    {
        Assert.That(await ExportAsync(), Is.Null);
        var (path, headers, body) = _collector.Requests.Single();
        Assert.Multiple(() =>
        {
            Assert.That(path, Is.EqualTo("/v1/traces"));
            Assert.That(headers.ContentType.ToString(), Is.EqualTo("application/json"));
            Assert.That(body, Is.EqualTo(Request));
        });
    }

    [Test]
    public async Task Headers_and_compression_are_as_the_environment_says()
    {
        _variables["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=Bearer%20a%3Db, x-tenant = lab ,nonsense,=x";
        _variables["OTEL_EXPORTER_OTLP_COMPRESSION"] = "gzip";
        Assert.That(await ExportAsync(), Is.Null);
        var (_, headers, body) = _collector.Requests.Single();
        Assert.Multiple(() =>
        {
            Assert.That(headers.Authorization.ToString(), Is.EqualTo("Bearer a=b"));
            Assert.That(headers["x-tenant"].ToString(), Is.EqualTo("lab"));
            Assert.That(body, Is.EqualTo(Request));
        });
    }

    [Test]
    public async Task An_address_for_traces_is_taken_as_it_is()
    {
        _variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = _collector.Address + "/ingest";
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1";
        Assert.That(await ExportAsync(), Is.Null);
        Assert.That(_collector.Requests.Single().Path, Is.EqualTo("/ingest"));
    }

    [TestCase(429)]
    [TestCase(503)]
    public async Task A_collector_that_asks_for_it_is_tried_again(int status)
    {
        _collector.Answers.Enqueue((status, "{}"));
        Assert.That(await ExportAsync(), Is.Null);
        Assert.That(_collector.Requests, Has.Count.EqualTo(2));
    }

    [TestCase(400, "{}", "400")]
    [TestCase(401, "{}", "401")]
    [TestCase(500, "<html>", "500")]
    [TestCase(302, "", "302")]
    [TestCase(200, """{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}""", "3 spans: too old")]
    [TestCase(200, """{"partialSuccess":{"rejectedSpans":3}}""", "3 spans")]
    public async Task What_a_collector_does_not_take_is_said_once(int status, string answer, string said)
    {
        _collector.Answers.Enqueue((status, answer));
        Assert.That(await ExportAsync(), Does.Contain(said).And.Contain(_collector.Address));
        Assert.That(_collector.Requests, Has.Count.EqualTo(1));
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[")]
    [TestCase("""{"partialSuccess":null}""")]
    [TestCase("""{"partialSuccess":{}}""")]
    public async Task Success_is_success_in_whatever_words(string answer)
    {
        _collector.Answers.Enqueue((200, answer));
        Assert.That(await ExportAsync(), Is.Null);
    }

    [Test]
    public async Task A_collector_that_is_not_there_is_a_warning_that_keeps_secrets()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        listener.Stop();
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = address.Replace("http://", "http://user:hunter2@", StringComparison.Ordinal);
        _variables["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=hunter2";
        var logged = new List<LogEvent>();
        Assert.That(await ExportAsync(logged), Does.Contain(address).And.Not.Contain("hunter2"));
        Assert.Multiple(() =>
        {
            Assert.That(logged.Single().Level, Is.EqualTo(LogEventLevel.Warning));
            Assert.That(logged.Single().RenderMessage() + logged.Single().Exception, Does.Not.Contain("hunter2"));
        });
    }

    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://x", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [TestCase("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "localhost", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")]
    [TestCase("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "OTEL_EXPORTER_OTLP_TIMEOUT")]
    [TestCase("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc", "4318")]
    [TestCase("OTEL_EXPORTER_OTLP_HEADERS", "a\u0001b=\r\nx: y", null)]
    public async Task A_setting_that_cannot_be_used_is_no_error_of_the_run(string name, string value, string? said)
    {
        _variables[name] = value;
        var problem = await ExportAsync();
        Assert.That(problem ?? "", Does.Contain(said ?? ""));
    }

    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "")]
    [TestCase("OTEL_SDK_DISABLED", "true")]
    [TestCase("OTEL_TRACES_EXPORTER", "none")]
    public async Task Nothing_is_sent_where_nobody_asked_for_it(string name, string value)
    {
        _variables[name] = value;
        Assert.That(await ExportAsync(), Is.Null);
        Assert.That(_collector.Requests, Is.Empty);
    }

    private async Task<string?> ExportAsync(List<LogEvent>? logged = null)
    {
        await using var log = new LoggerConfiguration().WriteTo.Sink(new Sink(logged ?? [])).CreateLogger();
        var events = new RunEventStream();
        var export = new TraceExport(
            RunFolder.Open(_folder.Root),
            log,
            name => _variables.GetValueOrDefault(name),
            TimeProvider.System
        );
        var exporting = export.FollowAsync(events.ReadAsync(default), default);
        events.Publish(new RunEvent.RunEnded(SampleRun.Start, SampleRun.Passed));
        events.Complete();
        return await exporting;
    }

    private sealed class Sink(List<LogEvent> logged) : Serilog.Core.ILogEventSink
    {
        public void Emit(LogEvent logEvent) => logged.Add(logEvent);
    }
}
