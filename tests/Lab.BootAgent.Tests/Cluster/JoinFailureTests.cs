using System.Text;
using Lab.BootAgent.Cluster;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Cluster;

/// <summary>The lines are those that kubeadm and kubelet 1.20 printed.</summary>
internal sealed class JoinFailureTests
{
    [TestCase(
        "error execution phase preflight: couldn't validate the identity of the API Server: cluster CA found in cluster-info ConfigMap is invalid: none of the public keys \"sha256:ab\" are pinned",
        "ca-hash",
        true
    )]
    [TestCase(
        "I1123 14:00:00.000000 99 token.go:221] [discovery] could not find a JWS signature in the cluster-info ConfigMap for token ID \"abcdef\"",
        "token",
        false
    )]
    [TestCase("error execution phase kubelet-start: dial tcp 10.0.2.2:6443: connect: connection refused", "unreachable", false)]
    [TestCase("error execution phase kubelet-start: timed out waiting for the condition", "timeout", false)]
    [TestCase(
        "Get \"https://10.0.2.2:6443/api/v1\": x509: certificate has expired or is not yet valid: current time 2001-02-03T04:05:06Z is before 2026-11-23T17:00:00Z",
        "clock",
        true
    )]
    [TestCase("write /etc/kubernetes/pki/ca.crt: no space left on device", "disk-full", true)]
    public void The_reason_is_found_in_what_kubeadm_says(string line, string code, bool isFinal)
    {
        var failure = JoinFailure.Read(["[preflight] Running", line, "To see the stack trace"], []);
        Assert.That((failure.Code, failure.IsFinal, failure.Detail), Is.EqualTo((code, isFinal, line)));
    }

    [Test]
    public void A_denied_certificate_shows_in_kubelets_log()
    {
        const string Line =
            "F1123 server.go:269] failed to run Kubelet: certificate signing request is denied, reason: key-mismatch";
        var failure = JoinFailure.Read(["error execution phase kubelet-start: timed out waiting for the condition"], [Line]);
        Assert.That((failure.Code, failure.IsFinal), Is.EqualTo(("csr-denied", true)));
        Assert.That(failure.Detail, Does.Contain("key-mismatch"));
    }

    [Test]
    public void What_is_not_known_is_quoted()
    {
        var failure = JoinFailure.Read(["a", "", "b"], ["c"]);
        Assert.That((failure.Code, failure.IsFinal, failure.Detail), Is.EqualTo(("internal", false, "a / b · c")));
        Assert.That(JoinFailure.Read([], []).Code, Is.EqualTo("internal"));
    }

    [Test]
    public void The_runtimes_answer_is_read_and_any_other_is_not()
    {
        byte[] answer = [0, 0, 0, 0, 30, 0x0A, 5, .. "0.1.0"u8, 0x12, 10, .. "containerd"u8, 0x1A, 6, .. "1.7.24"u8];
        Assert.That(RuntimeClient.ReadVersion(answer), Is.EqualTo("1.7.24"));
        Assert.That(RuntimeClient.ReadVersion(answer.AsSpan(0, 12)), Is.Null);
        Assert.That(RuntimeClient.ReadVersion([]), Is.Null);
        var random = new Random(20);
        for (var round = 0; round < 2000; round++)
        {
            var other = new byte[random.Next(64)];
            random.NextBytes(other);
            Assert.That(() => RuntimeClient.ReadVersion(other), Throws.Nothing, Encoding.Latin1.GetString(other));
        }
    }
}
