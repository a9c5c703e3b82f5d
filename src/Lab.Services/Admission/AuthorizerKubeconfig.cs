using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Lab.Services.Admission;

/// <summary>
/// The kubeconfig of <c>--authorization-webhook-config-file</c>: where the authorizer is, how it proves itself, and how the API server does.
/// JSON is YAML, so it needs no YAML writer.
/// </summary>
internal static class AuthorizerKubeconfig
{
    private const string Name = "lab";

    /// <summary>Writes it, readable by this user only.</summary>
    public static void Write(string path, Uri server, X509Certificate2 certificate, string token)
    {
        var config = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = Named(
                "cluster",
                new JsonObject
                {
                    ["server"] = server.AbsoluteUri,
                    ["certificate-authority-data"] = Convert.ToBase64String(
                        Encoding.ASCII.GetBytes(certificate.ExportCertificatePem())
                    ),
                }
            ),
            ["users"] = Named("user", new JsonObject { ["token"] = token }),
            ["contexts"] = Named("context", new JsonObject { ["cluster"] = Name, ["user"] = Name }),
            ["current-context"] = Name,
        };
        using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        file.Write(Encoding.UTF8.GetBytes(config.ToJsonString()));
    }

    private static JsonArray Named(string kind, JsonObject content) => [new JsonObject { ["name"] = Name, [kind] = content }];
}
