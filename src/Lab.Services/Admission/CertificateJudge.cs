namespace Lab.Services.Admission;

/// <summary>
/// Decides who becomes a node: only a board that attests, with the token that was released to it, unused, for its own name, and with the key
/// that its quote binds. Later it may have that certificate renewed, as that node and for that key, for as long as it attests.
/// </summary>
internal sealed class CertificateJudge(TrustTable trust)
{
    private const string NodeSigner = "kubernetes.io/kube-apiserver-client-kubelet";
    private const int LongestName = 63;

    private static readonly HashSet<string> Needed = new(["digital signature", "client auth"], StringComparer.Ordinal);

    // Asked for by kubelets before 1.27 also for keys that cannot do it.
    private static readonly HashSet<string> Allowed = new([.. Needed, "key encipherment"], StringComparer.Ordinal);

    /// <summary>Whether a request is the gate's to decide: everything for the kubelets' signer, and everything that a token's bearer asks.</summary>
    public static bool Concerns(SigningRequest request) =>
        request.Signer == NodeSigner || BootstrapToken.FindIdOf(request.User) is not null;

    /// <summary>Decides. An approval uses up the token.</summary>
    public JudgedRequest Judge(SigningRequest request)
    {
        NodeCertificateRequest asked;
        try
        {
            asked = CertificateRequestReader.Read(request.Request.Span);
        }
        catch (FormatException exception)
        {
            return new JudgedRequest("", DecisionCodes.RequestShape, exception.Message);
        }
        var node = asked.NodeName.Length <= LongestName ? asked.NodeName : asked.NodeName[..LongestName];
        if (FindShapeFault(request) is { } fault)
            return new JudgedRequest(node, DecisionCodes.RequestShape, fault);
        var (code, detail) = Decide(request, asked);
        return new JudgedRequest(node, code, detail);
    }

    private (string Code, string Detail) Decide(SigningRequest request, NodeCertificateRequest asked)
    {
        if (BootstrapToken.FindIdOf(request.User) is { } token)
            return trust.UseToken(token, asked.NodeName, asked.KeySha256, request.Uid);
        return NodeNames.FindNode(request.User) switch
        {
            { } node when node == asked.NodeName => trust.RenewCertificate(node, asked.KeySha256),
            { } node => (DecisionCodes.RequestShape, $"node '{node}' asks for the certificate of another"),
            null => (DecisionCodes.RequestShape, $"'{request.User}' came with no bootstrap token and no node's certificate"),
        };
    }

    private static string? FindShapeFault(SigningRequest request)
    {
        if (request.Signer != NodeSigner)
            return $"the signer '{request.Signer}' does not sign for nodes";
        var usages = request.Usages.ToHashSet(StringComparer.Ordinal);
        return usages.IsSupersetOf(Needed) && usages.IsSubsetOf(Allowed)
            ? null
            : $"a node's certificate is for {string.Join(", ", Needed)}, not for {string.Join(", ", request.Usages.Take(Allowed.Count + 1))}";
    }
}
