using System.Text;
using System.Text.Json;
using Lab.Services.Cluster.Access;

namespace Lab.Services.Cluster.Kubeadm;

/// <summary>
/// The objects that let a node join with a bootstrap token: those of kubeadm's phase bootstrap-token, save that certificates are approved by
/// nobody but the lab, and that no token is made. Also what a node's kube-proxy may read with the kubelet's certificate.
/// </summary>
internal static class JoinObjects
{
    private const string Bootstrappers = "system:bootstrappers:kubeadm:default-node-token";
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1";
    private const string RbacGroup = "rbac.authorization.k8s.io";

    /// <summary>The ConfigMap that tells a joining node where the cluster is; signed with each token by the controller manager.</summary>
    public const string ClusterInfoPath = "/api/v1/namespaces/kube-public/configmaps/cluster-info";

    public static Task ApplyAsync(ClusterApi api, Uri server, string authorityPem, CancellationToken cancellationToken) =>
        Task.WhenAll(All(server, authorityPem).Select(entry => api.ApplyAsync(entry.Path, entry.Json, cancellationToken)));

    internal static IEnumerable<(string Path, string Json)> All(Uri server, string authorityPem) =>
        [
            (ClusterInfoPath, ClusterInfo(server, authorityPem)),
            Role("kube-public", "kubeadm:bootstrap-signer-clusterinfo", "get", "configmaps", "cluster-info"),
            RoleBinding("kube-public", "kubeadm:bootstrap-signer-clusterinfo", "User", "system:anonymous"),
            ClusterRole("kubeadm:get-nodes", "get", "nodes"),
            ClusterRoleBinding("kubeadm:get-nodes", "kubeadm:get-nodes", "Group", Bootstrappers),
            ClusterRoleBinding("kubeadm:kubelet-bootstrap", "system:node-bootstrapper", "Group", Bootstrappers),
            ClusterRoleBinding("hwlab:node-proxier", "system:node-proxier", "Group", "system:nodes"),
        ];

    private static string ClusterInfo(Uri server, string authorityPem) =>
        JsonSerializer.Serialize(
            new
            {
                apiVersion = "v1",
                kind = "ConfigMap",
                metadata = new { name = "cluster-info", @namespace = "kube-public" },
                data = new
                {
                    kubeconfig = $$"""
                    apiVersion: v1
                    clusters:
                    - cluster:
                        certificate-authority-data: {{Convert.ToBase64String(Encoding.ASCII.GetBytes(authorityPem))}}
                        server: {{server.GetLeftPart(UriPartial.Authority)}}
                      name: ""
                    contexts: null
                    current-context: ""
                    kind: Config
                    preferences: {}
                    users: null

                    """,
                },
            }
        );

    private static (string, string) Role(string space, string name, string verb, string resource, string resourceName) =>
        (
            $"{Rbac}/namespaces/{space}/roles/{name}",
            JsonSerializer.Serialize(
                new
                {
                    apiVersion = $"{RbacGroup}/v1",
                    kind = "Role",
                    metadata = new { name, @namespace = space },
                    rules = new[]
                    {
                        new
                        {
                            verbs = (string[])[verb],
                            apiGroups = (string[])[""],
                            resources = (string[])[resource],
                            resourceNames = (string[])[resourceName],
                        },
                    },
                }
            )
        );

    private static (string, string) RoleBinding(string space, string name, string kind, string subject) =>
        (
            $"{Rbac}/namespaces/{space}/rolebindings/{name}",
            JsonSerializer.Serialize(
                new
                {
                    apiVersion = $"{RbacGroup}/v1",
                    kind = "RoleBinding",
                    metadata = new { name, @namespace = space },
                    roleRef = new
                    {
                        apiGroup = RbacGroup,
                        kind = "Role",
                        name,
                    },
                    subjects = Subjects(kind, subject),
                }
            )
        );

    private static (string, string) ClusterRole(string name, string verb, string resource) =>
        (
            $"{Rbac}/clusterroles/{name}",
            JsonSerializer.Serialize(
                new
                {
                    apiVersion = $"{RbacGroup}/v1",
                    kind = "ClusterRole",
                    metadata = new { name },
                    rules = new[]
                    {
                        new
                        {
                            verbs = (string[])[verb],
                            apiGroups = (string[])[""],
                            resources = (string[])[resource],
                        },
                    },
                }
            )
        );

    private static (string, string) ClusterRoleBinding(string name, string role, string kind, string subject) =>
        (
            $"{Rbac}/clusterrolebindings/{name}",
            JsonSerializer.Serialize(
                new
                {
                    apiVersion = $"{RbacGroup}/v1",
                    kind = "ClusterRoleBinding",
                    metadata = new { name },
                    roleRef = new
                    {
                        apiGroup = RbacGroup,
                        kind = "ClusterRole",
                        name = role,
                    },
                    subjects = Subjects(kind, subject),
                }
            )
        );

    private static object[] Subjects(string kind, string name) =>
        [
            new
            {
                apiGroup = RbacGroup,
                kind,
                name,
            },
        ];
}
