using System.Buffers;
using System.Text.Json;

namespace Lab.Services.Admission;

/// <summary>What is released to a node, as JSON: once what it needs to join, then that its trust was renewed.</summary>
internal static class JoinSecret
{
    private const int Version = 1;

    /// <summary>The first release: with the token.</summary>
    public static byte[] ForJoin(
        string node,
        BootstrapToken token,
        AdmissionCluster cluster,
        string authorityHash,
        AdmissionOptions options,
        DateTimeOffset now
    ) =>
        Write(
            node,
            options,
            json =>
            {
                json.WriteString("token", token.Text);
                json.WriteString("apiServer", cluster.BoardEndpoint.GetLeftPart(UriPartial.Authority));
                json.WriteString("caCertHash", authorityHash);
                json.WriteString("kubernetes", cluster.Version);
            },
            json =>
            {
                json.WriteString("podCidr", options.Nodes[node]);
                json.WriteString("clusterDns", cluster.ClusterDns);
                json.WriteString("registry", options.Registry);
                json.WriteString("time", now.UtcDateTime);
            }
        );

    /// <summary>Every later one: nothing secret.</summary>
    public static byte[] ForRenewal(string node, AdmissionOptions options) => Write(node, options, _ => { }, _ => { });

    private static byte[] Write(
        string node,
        AdmissionOptions options,
        Action<Utf8JsonWriter> before,
        Action<Utf8JsonWriter> after
    )
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("node", node);
            before(json);
            json.WriteNumber("attestEverySeconds", (int)Math.Ceiling(options.Interval.TotalSeconds));
            after(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
