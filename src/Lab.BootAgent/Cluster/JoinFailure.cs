namespace Lab.BootAgent.Cluster;

/// <summary>Why a join did not succeed.</summary>
/// <param name="Code"><c>ca-hash</c>, <c>token</c>, <c>csr-denied</c>, <c>unreachable</c>, <c>disk-full</c>, <c>clock</c>, <c>timeout</c>, <c>secret</c> or <c>internal</c>.</param>
/// <param name="IsFinal">Whether another try could not end otherwise.</param>
/// <param name="Detail">The reason, for people.</param>
internal sealed record JoinFailure(string Code, bool IsFinal, string Detail)
{
    // What kubeadm and kubelet print, in the order in which one reason hides another. Untrusted servers can make them print some of
    // it: that gives an attacker a code of his choice and nothing else.
    private static readonly (string Mark, string Code, bool IsFinal)[] Marks =
    [
        ("no space left on device", "disk-full", true),
        ("none of the public keys", "ca-hash", true),
        ("certificate signing request is denied", "csr-denied", true),
        ("certificate has expired or is not yet valid", "clock", true),
        ("x509:", "ca-hash", true),
        ("JWS signature", "token", false),
        ("token id", "token", false),
        ("Unauthorized", "token", false),
        ("is forbidden", "token", false),
        ("connection refused", "unreachable", false),
        ("no route to host", "unreachable", false),
        ("i/o timeout", "unreachable", false),
        ("deadline exceeded", "unreachable", false),
        ("Client.Timeout", "unreachable", false),
        ("connection reset", "unreachable", false),
        ("EOF", "unreachable", false),
        ("couldn't validate the identity of the API Server", "unreachable", false),
        ("timed out waiting for the condition", "timeout", false),
    ];

    /// <summary>Finds the reason in what the programs printed last.</summary>
    /// <param name="kubeadm">kubeadm's lines.</param>
    /// <param name="kubelet">kubelet's lines of the same try.</param>
    public static JoinFailure Read(IReadOnlyList<string> kubeadm, IReadOnlyList<string> kubelet)
    {
        foreach (var (mark, code, isFinal) in Marks)
        {
            var line =
                kubeadm.LastOrDefault(each => each.Contains(mark, StringComparison.Ordinal))
                ?? kubelet.LastOrDefault(each => each.Contains(mark, StringComparison.Ordinal));
            if (line is not null)
                return new JoinFailure(code, isFinal, line.Trim());
        }

        return new JoinFailure("internal", IsFinal: false, $"{Last(kubeadm)} · {Last(kubelet)}".Trim(' ', '·'));
    }

    private static string Last(IReadOnlyList<string> lines) =>
        string.Join(" / ", lines.Where(line => line.Trim().Length > 0).TakeLast(3).Select(line => line.Trim()));
}
