using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Lab.Model.Services;
using Lab.Services.Attestation;

namespace Lab.EndToEnd.Tests.Admission;

/// <summary>The gate at a real API server: who gets in, who does not, and who is put out again.</summary>
[Category("EndToEnd")]
public sealed class AdmissionTests
{
    private static readonly string[] Boards =
    [
        "joining",
        "robbed",
        "other",
        "silent",
        "tampered",
        "rebooting",
        "revoked",
        "restarted",
        "waiting",
        "lasting",
    ];

    private AdmittedCluster _lab = null!;

    [OneTimeSetUp]
    public async Task SetUp() => _lab = await AdmittedCluster.StartAsync(Boards);

    [OneTimeTearDown]
    public async Task TearDown()
    {
        if (_lab is null)
            return;
        TestContext.Out.WriteLine(await _lab.ReadJournalAsync());
        await _lab.DisposeAsync();
    }

    [Test]
    public async Task An_attested_board_becomes_a_node_and_its_token_is_spent()
    {
        await using var board = await PlayedBoard.BootAsync(_lab, "joining");
        var id = board.Token[..6];
        var info = await _lab.Api.CoreV1.ReadNamespacedConfigMapAsync("cluster-info", "kube-public");
        Assert.That(info.Data, Does.ContainKey($"jws-kubeconfig-{id}"), "signed before the board has the token");
        Assert.That((string?)board.Secret["caCertHash"], Is.EqualTo(_lab.Cluster.CaCertHash));

        await board.JoinAsync();

        var decision = await _lab.Admission.WaitForDecisionAsync("joining", 0, _lab.Soon, CancellationToken.None);
        Assert.That((decision.Approved, decision.Code), Is.EqualTo((true, "approved")));
        await UntilGoneAsync($"bootstrap-token-{id}");
        Assert.That((await board.Node!.CoreV1.ReadNodeAsync("joining")).Metadata.Name, Is.EqualTo("joining"));
        var again = await _lab.Admission.TryToJoinAsync(board.Token, "joining", _lab.Soon, CancellationToken.None);
        Assert.That(again.Approved, Is.False);
        Assert.That(again.Code, Is.AnyOf("token-used", "unauthorized"));
    }

    [Test]
    public async Task A_thief_gets_nothing_for_a_token()
    {
        await using var board = await PlayedBoard.BootAsync(_lab, "robbed");

        Assert.That((await StealAsync(board.Token, "robbed")).Code, Is.EqualTo("foreign-key"));
        Assert.That((await StealAsync(board.Token, "other")).Code, Is.EqualTo("foreign-token"));
        Assert.That(
            (await StealAsync($"{board.Token[..^1]}{(board.Token[^1] == 'x' ? 'y' : 'x')}", "robbed")).Code,
            Is.EqualTo("unauthorized")
        );
        Assert.That((await StealAsync("aaaaaa.bbbbbbbbbbbbbbbb", "robbed")).Code, Is.EqualTo("unauthorized"));
        Assert.That(_lab.Admission.CountDecisions("other"), Is.EqualTo(1));
        var requests = await _lab.Api.CertificatesV1.ListCertificateSigningRequestAsync();
        Assert.That(
            requests.Items.Where(one => one.Status?.Conditions?.Any(condition => condition.Type == "Denied") == true),
            Has.All.Matches<V1CertificateSigningRequest>(one => one?.Status?.Certificate?.Length is null or 0)
        );

        await board.JoinAsync();
    }

    [Test]
    public async Task A_node_that_falls_silent_is_put_out()
    {
        await using var board = await PlayedBoard.BootAsync(_lab, "silent");
        await board.JoinAsync();
        var pod = await board.ScheduleAsync();
        await board.FallSilentAsync();

        var expulsion = await _lab.Admission.WaitForExpulsionAsync(
            "silent",
            _lab.Soon + (4 * _lab.Admission.AttestationInterval),
            CancellationToken.None
        );

        await IsOutAsync(board, expulsion, "silence", pod);
    }

    [Test]
    public async Task A_board_whose_evidence_is_refused_is_put_out_at_once()
    {
        await using var board = await PlayedBoard.BootAsync(_lab, "tampered");
        await board.JoinAsync();
        var pod = await board.ScheduleAsync();

        _lab.Admission.Refused(new RefusedBoard("tampered", "tpm of tampered", "reference-value", "PCR 8 differs"));

        var expulsion = await _lab.Admission.WaitForExpulsionAsync("tampered", _lab.Soon, CancellationToken.None);
        await IsOutAsync(board, expulsion, "denied", pod);
        Assert.That(expulsion.Detail, Does.Contain("every request of it is refused"));
    }

    [Test]
    public async Task A_rebooted_board_is_out_until_it_attests_anew()
    {
        await using var before = await PlayedBoard.BootAsync(_lab, "rebooting");
        await before.JoinAsync();
        var pod = await before.ScheduleAsync();
        Assert.That(
            async () => await _lab.Admission.ReleaseAsync(before.Attested(renews: true, resetCount: 2), CancellationToken.None),
            Throws.TypeOf<SecretRefusedException>()
        );
        var expulsion = await _lab.Admission.WaitForExpulsionAsync("rebooting", _lab.Soon, CancellationToken.None);
        await IsOutAsync(before, expulsion, "rebooted", pod);

        await using var after = await PlayedBoard.BootAsync(_lab, "rebooting", resetCount: 2);

        Assert.That(await FindNodeAsync("rebooting"), Is.Null, "kubeadm would refuse to join under a name that is taken");
        await after.JoinAsync();
        Assert.That((await FindNodeAsync("rebooting"))?.Spec.Unschedulable, Is.Not.True);
        Assert.That(_lab.Admission.FindGrant("rebooting")!.KeySha256, Is.EqualTo(after.KeySha256));
    }

    [Test]
    public async Task A_revoked_board_stays_out()
    {
        await using var board = await PlayedBoard.BootAsync(_lab, "revoked");
        await _lab.Admission.RevokeAsync("revoked", "an operator said so", CancellationToken.None);

        var expulsion = await _lab.Admission.WaitForExpulsionAsync("revoked", _lab.Soon, CancellationToken.None);

        Assert.That(expulsion.Code, Is.EqualTo("revoked"));
        Assert.That((await StealAsync(board.Token, "revoked")).Code, Is.AnyOf("not-attested", "unauthorized"));
        Assert.That(async () => await PlayedBoard.BootAsync(_lab, "revoked", 2), Throws.TypeOf<SecretRefusedException>());
    }

    [Test]
    public async Task The_gate_outlives_a_restart_of_the_API_server()
    {
        await using var board = await PlayedBoard.BootAsync(_lab, "restarted");
        var restarting = _lab.Cluster.RestartAsync("kube-apiserver", CancellationToken.None);
        // Asked for while nobody answers: it comes when somebody does.
        await _lab.Admission.RevokeAsync("waiting", "while the API server is down", CancellationToken.None);
        await restarting;

        await board.JoinAsync();
        var expulsion = await _lab.Admission.WaitForExpulsionAsync("waiting", _lab.Soon, CancellationToken.None);

        Assert.That(expulsion.Code, Is.EqualTo("revoked"));
        Assert.That(_lab.Admission.CountDecisions("restarted"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_node_renews_its_certificate_as_long_as_it_attests()
    {
        await using var board = await PlayedBoard.BootAsync(_lab, "lasting");
        await board.JoinAsync();

        Assert.That(await board.RenewAsync("lasting"), Is.EqualTo("approved"));
        Assert.That(await board.RenewAsync("other"), Is.EqualTo("request-shape"), "a node's certificate is for no other node");
        Assert.That(await board.RenewAsync("lasting", anotherKey: true), Is.EqualTo("foreign-key"));
        Assert.That((await FindNodeAsync("lasting"))?.Metadata.Name, Is.EqualTo("lasting"));
    }

    private Task<CertificateDecision> StealAsync(string token, string node) =>
        _lab.Admission.TryToJoinAsync(token, node, _lab.Soon, CancellationToken.None);

    private async Task IsOutAsync(PlayedBoard board, NodeExpulsion expulsion, string code, string pod)
    {
        Assert.That((expulsion.Board, expulsion.Code), Is.EqualTo((board.Name, code)), expulsion.Detail);
        Assert.That((await FindNodeAsync(board.Name))?.Spec.Unschedulable, Is.True);
        var events = await _lab.Api.CoreV1.ListNamespacedEventAsync(
            "default",
            fieldSelector: $"involvedObject.kind=Node,involvedObject.name={board.Name},source=hwlab-admission"
        );
        Assert.That(
            events.Items.Select(one => (one.Type, one.Reason, one.Message)),
            Is.EqualTo([("Warning", $"Expelled{char.ToUpperInvariant(code[0])}{code[1..]}", expulsion.Detail)])
        );
        var pods = await _lab.Api.CoreV1.ListPodForAllNamespacesAsync(fieldSelector: $"spec.nodeName={board.Name}");
        Assert.That(pods.Items.Select(one => one.Metadata.Name), Has.None.EqualTo(pod));
        Assert.That(
            async () => await board.Node!.CoreV1.ReadNodeAsync(board.Name),
            Throws
                .TypeOf<HttpOperationException>()
                .With.Property("Response")
                .Property("StatusCode")
                .EqualTo(HttpStatusCode.Forbidden)
                .And.Property("Response")
                .Property("Content")
                .Contains("does not trust")
        );
    }

    private async Task<V1Node?> FindNodeAsync(string name) =>
        (await _lab.Api.CoreV1.ListNodeAsync(fieldSelector: $"metadata.name={name}")).Items.SingleOrDefault();

    private async Task UntilGoneAsync(string secret)
    {
        using var late = new CancellationTokenSource(_lab.Soon);
        // Listed first: what is gone already sends no event.
        var list = await _lab.Api.CoreV1.ListNamespacedSecretAsync(
            "kube-system",
            fieldSelector: $"metadata.name={secret}",
            cancellationToken: late.Token
        );
        if (list.Items.Count == 0)
            return;
        await foreach (
            var (type, _) in _lab.Api.CoreV1.WatchListNamespacedSecretAsync(
                "kube-system",
                fieldSelector: $"metadata.name={secret}",
                resourceVersion: list.Metadata.ResourceVersion,
                cancellationToken: late.Token
            )
        )
        {
            if (type == WatchEventType.Deleted)
                return;
        }
    }
}
