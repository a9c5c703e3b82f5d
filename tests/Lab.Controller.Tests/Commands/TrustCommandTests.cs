using System.Text.Json;
using Lab.Controller.Commands;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Wiring;
using Lab.Host.Storage;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Controller.Tests.Commands;

/// <summary>The trust tools, each usable on its own.</summary>
[TestFixture]
internal sealed class TrustCommandTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task I_can_make_a_TUF_repository_fill_it_rotate_its_keys_and_look_at_it()
    {
        var repository = Path.Combine(_folder.Root, "repo");
        var content = _folder.Write("content", "some bytes");
        await ExpectAsync(0, "tuf", "repo", "init", repository);
        await ExpectAsync(0, "tuf", "repo", "add", repository, "os/test", content);
        await ExpectAsync(0, "tuf", "repo", "rotate", repository, "timestamp");
        var shown = JsonDocument.Parse(await ExpectAsync(0, "tuf", "repo", "show", repository, "--json")).RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(shown.GetProperty("root").GetInt64(), Is.EqualTo(2));
            Assert.That(shown.GetProperty("targets")[0].GetProperty("name").GetString(), Is.EqualTo("os/test"));
            Assert.That(shown.GetProperty("targets")[0].GetProperty("length").GetInt64(), Is.EqualTo(10));
        });
    }

    [Test]
    public async Task The_TUF_client_speaks_the_protocol_of_the_conformance_suite()
    {
        var repository = Path.Combine(_folder.Root, "repo");
        await ExpectAsync(0, "tuf", "repo", "init", repository);
        var root = Directory.EnumerateFiles(Path.Combine(repository, "metadata"), "1.root.json").Single();
        var client = Path.Combine(_folder.Root, "client");
        await ExpectAsync(0, "tuf", "client", "--metadata-dir", client, "init", root);
        Assert.That(Path.Combine(client, "root.json"), Does.Exist);
        await ExpectAsync(1, "tuf", "client", "--metadata-dir", client, "--metadata-url", "http://127.0.0.1:9/", "refresh");
    }

    [TestCase("tuf", "repo", "show", "/nowhere")]
    [TestCase("tuf", "repo", "rotate", "/nowhere", "nonsense")]
    [TestCase("pcr", "replay", "/nowhere")]
    [TestCase("pcr", "predict", "--firmware", "/nowhere", "--uki", "/nowhere")]
    public async Task What_cannot_be_used_ends_with_2(params string[] line) => await ExpectAsync(2, line);

    [Test]
    public async Task A_log_that_is_none_is_refused_with_its_place()
    {
        var log = _folder.Write("log", "this is no event log, and has never been one");
        Assert.That(await ExpectAsync(2, "pcr", "replay", log), Does.Contain("byte"));
    }

    [Test]
    public async Task I_can_replay_logs_of_every_form()
    {
        var agile = Path.Combine(_folder.Root, "tcg");
        var writer = new EventLogWriter(TpmAlgorithm.Sha256, TpmAlgorithm.Sha384);
        File.WriteAllBytes(agile, writer.AppendMeasured(1, LogEventType.EfiAction, "x"u8, "x"u8).ToArray());
        Assert.That(await ExpectAsync(0, "pcr", "replay", agile, "--bank", "sha384"), Does.StartWith("1  "));
        Assert.That(await ExpectAsync(0, "pcr", "replay", agile, "--format", "ccel"), Does.Contain("RTMR3"));
        await ExpectAsync(2, "pcr", "replay", agile, "--bank", "sha1");
        await ExpectAsync(2, "pcr", "replay", agile, "--format", "ima");
        await ExpectAsync(2, "pcr", "replay", agile, "--format", "ccel", "--firmware", agile);
        var digest = new string('0', 64);
        var record = $"{{\"pcr\":15,\"digests\":[{{\"hashAlg\":\"sha256\",\"digest\":\"{digest}\"}}]}}";
        var userspace = _folder.Write("systemd", $"\u001e{record}\n");
        Assert.That(await ExpectAsync(0, "pcr", "replay", userspace, "--json"), Does.Contain("\"index\": 15"));
    }

    [Test]
    public async Task A_TPM_that_is_not_there_is_the_labs_fault() =>
        await ExpectAsync(3, "pcr", "read", "--device", Path.Combine(_folder.Root, "none"));

    private async Task<string> ExpectAsync(int code, params string[] line)
    {
        using var output = new StringWriter();
        var environment = new LabEnvironment
        {
            Output = output,
            Error = output,
            Folders = new LabFolders(_folder.Root, _folder.Root, Path.GetTempPath()),
            Wiring = new Lazy<ILabWiring>(() => throw new InvalidOperationException("the trust tools need no lab")),
        };
        Assert.That(await CommandLine.InvokeAsync(line, environment, default), Is.EqualTo(code), output.ToString());
        return output.ToString();
    }
}
