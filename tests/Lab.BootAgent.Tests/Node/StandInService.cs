using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lab.Trust.Tpm;

namespace Lab.BootAgent.Tests.Node;

/// <summary>The other side of the attestation protocol, without a verifier's judgement.</summary>
internal sealed class StandInService(byte[] secret) : HttpMessageHandler
{
    private readonly byte[] credential = RandomNumberGenerator.GetBytes(32);
    private TpmPublic? endorsementKey;
    private TpmPublic? attestationKey;

    public byte[] Nonce { get; } = RandomNumberGenerator.GetBytes(32);

    public string Bank { get; init; } = "sha256";

    /// <summary>What the second answer is instead of a challenge.</summary>
    public (HttpStatusCode Status, string Body)? Denial { get; init; }

    /// <summary>Another TPM's key, for which credentials are made instead.</summary>
    public TpmPublic? OtherEndorsementKey { get; init; }

    /// <summary>What is released to a renewal instead of the secret.</summary>
    public byte[] Renewal { get; init; } = [];

    public byte[]? Attest { get; private set; }

    /// <summary>SHA-256 of the node's key, as the last request stated it.</summary>
    public byte[]? NodeKey { get; private set; }

    /// <summary>Whether the last request was a renewal.</summary>
    public bool Renew { get; private set; }

    public byte[]? EventLog { get; private set; }

    public string? Board { get; private set; }

    public bool SignatureHolds { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
        var body = document.RootElement;
        return request.RequestUri!.AbsolutePath switch
        {
            "/attest/v1/enrol" => Enrol(body),
            "/attest/v1/activate" => Activate(body),
            "/attest/v1/appraise" => Appraise(body),
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        };
    }

    private HttpResponseMessage Enrol(JsonElement body)
    {
        Board = body.GetProperty("board").GetString();
        endorsementKey = TpmPublic.ParseSized(Bytes(body, "ekPublic"));
        attestationKey = TpmPublic.ParseSized(Bytes(body, "akPublic"));
        return Ok(WithCredential(credential, new JsonObject { ["session"] = "s1" }));
    }

    private HttpResponseMessage Activate(JsonElement body)
    {
        if (Denial is { } denial)
            return new HttpResponseMessage(denial.Status) { Content = new StringContent(denial.Body) };
        return Bytes(body, "credential").AsSpan().SequenceEqual(credential)
            ? Ok(
                new JsonObject
                {
                    ["nonce"] = Convert.ToBase64String(Nonce),
                    ["pcrs"] = new JsonArray(0, 8),
                    ["bank"] = Bank,
                }
            )
            : new HttpResponseMessage(HttpStatusCode.Forbidden);
    }

    private HttpResponseMessage Appraise(JsonElement body)
    {
        Attest = Bytes(body, "attest");
        EventLog = Bytes(body, "eventLog");
        SignatureHolds = TpmSignature.Parse(Bytes(body, "signature")).Verify(attestationKey!, Attest);
        NodeKey = body.TryGetProperty("nodeKey", out var nodeKey) ? nodeKey.GetBytesFromBase64() : null;
        Renew = body.TryGetProperty("renew", out var renew) && renew.GetBoolean();
        var released = Renew ? Renewal : secret;
        var key = RandomNumberGenerator.GetBytes(32);
        var nonce = RandomNumberGenerator.GetBytes(12);
        var (ciphertext, tag) = (new byte[released.Length], new byte[16]);
        using var aes = new AesGcm(key, tag.Length);
        aes.Encrypt(nonce, released, ciphertext, tag);
        byte[] box = [.. nonce, .. ciphertext, .. tag];
        return Ok(WithCredential(key, new JsonObject { ["ciphertext"] = Convert.ToBase64String(box) }));
    }

    private JsonObject WithCredential(byte[] value, JsonObject answer)
    {
        var made = CredentialMaker.Make(OtherEndorsementKey ?? endorsementKey!, attestationKey!.ComputeName(), value);
        answer["credentialBlob"] = Convert.ToBase64String(made.CredentialBlob);
        answer["encryptedSecret"] = Convert.ToBase64String(made.EncryptedSecret);
        return answer;
    }

    private static byte[] Bytes(JsonElement body, string name) => body.GetProperty(name).GetBytesFromBase64();

    private static HttpResponseMessage Ok(JsonObject answer) =>
        new(HttpStatusCode.OK) { Content = new StringContent(answer.ToJsonString()) };
}
