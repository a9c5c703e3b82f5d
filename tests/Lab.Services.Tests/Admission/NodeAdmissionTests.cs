using System.Text.Json.Nodes;
using Lab.Host.Networks;
using Lab.Host.Processes;
using Lab.Model.Errors;
using Lab.Services.Admission;
using Lab.Services.Attestation;
using Microsoft.Extensions.Time.Testing;

namespace Lab.Services.Tests.Admission;

/// <summary>The gate before its cluster is up, and its door inside a segment.</summary>
public sealed class NodeAdmissionTests
{
    private static readonly AttestedBoard Board = new("virt-1", "tpm-1", 1, new string('a', 64), IsRenewal: false);

    private TestLab _lab = null!;

    [SetUp]
    public void SetUp() => _lab = new TestLab();

    [TearDown]
    public async Task TearDown() => await _lab.DisposeAsync();

    [Test]
    public async Task A_board_that_comes_before_its_cluster_may_come_again()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var admission = await NodeAdmission.StartAsync(TestOptions.Of(_lab), time, CancellationToken.None);

        var releasing = admission.ReleaseAsync(Board, CancellationToken.None);
        Assert.That(releasing.IsCompleted, Is.False);
        time.Advance(TestOptions.Of(_lab).WaitForCluster);

        Assert.That(async () => await releasing, Throws.TypeOf<LabException>().With.Message.Contains("virt-1"));
        Assert.That(admission.FindGrant("virt-1"), Is.Null);
    }

    [Test]
    public async Task Nothing_is_released_without_a_bound_key_to_strangers_or_as_a_renewal_of_nothing()
    {
        await using var admission = await NodeAdmission.StartAsync(
            TestOptions.Of(_lab),
            TimeProvider.System,
            CancellationToken.None
        );
        Assert.Multiple(() =>
        {
            Refused(Board with { NodeKeySha256 = null }, "node-key");
            Refused(Board with { Name = "stranger" }, "not-a-node");
            Refused(Board with { IsRenewal = true }, "session");
        });

        void Refused(AttestedBoard board, string code) =>
            Assert.That(
                async () => await admission.ReleaseAsync(board, CancellationToken.None),
                Throws.TypeOf<SecretRefusedException>().With.Property("Code").EqualTo(code)
            );
    }

    [Test]
    public async Task What_ends_before_the_cluster_is_up_is_told_at_the_end_of_the_wait()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var admission = await NodeAdmission.StartAsync(TestOptions.Of(_lab), time, CancellationToken.None);
        await admission.RevokeAsync("virt-1", "lost", CancellationToken.None);

        var waiting = admission.WaitForExpulsionAsync("virt-1", TimeSpan.FromMinutes(1), CancellationToken.None);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.That(async () => await waiting, Throws.TypeOf<BoardException>().With.Message.Contains("revoked"));
        var noted = (await File.ReadAllLinesAsync(_lab.PathOf("admission.jsonl"))).Select(line => JsonNode.Parse(line)!);
        Assert.That(
            noted.Select(line => ((string?)line["event"], (string?)line["code"])),
            Is.EqualTo([("untrusted", "revoked")])
        );
    }

    [Test]
    public async Task In_a_segment_boards_cannot_even_connect_to_the_authorizer()
    {
        if (await NetworkSegment.FindObstacleAsync(_lab.Owner, CancellationToken.None) is { } obstacle)
            Assert.Ignore(obstacle);
        await using var segment = await NetworkSegment.CreateAsync(_lab.Owner);
        var options = TestOptions.Of(_lab) with { Segment = segment, SocketPath = _lab.PathOf("authorizer") };
        await using var admission = await NodeAdmission.StartAsync(options, TimeProvider.System, CancellationToken.None);

        var server = new Uri(
            (string)
                JsonNode.Parse(await File.ReadAllTextAsync(admission.AuthorizerKubeconfigPath))!["clusters"]![0]!["cluster"]![
                    "server"
                ]!
        );
        Assert.That(server.Host, Is.EqualTo("127.0.0.1"));
        Assert.That(await ConnectAsync(segment, server.Host, server.Port), Is.Zero);
        Assert.That(await ConnectAsync(segment, segment.Address, server.Port), Is.Not.Zero);
    }

    private async Task<int> ConnectAsync(NetworkSegment segment, string host, int port)
    {
        var shell = await _lab.Owner.StartAsync(
            new ProcessCommand("bash", ["-c", $"exec 3<>/dev/tcp/{host}/{port}"]) { EnterPrefix = segment.EnterPrefix },
            CancellationToken.None
        );
        return await shell.Exited;
    }
}
