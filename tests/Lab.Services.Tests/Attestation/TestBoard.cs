using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lab.Emulation.Tpm;
using Lab.Host.Processes;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;

namespace Lab.Services.Tests.Attestation;

/// <summary>A board with a real software TPM that has booted something, measured it, and speaks the service's protocol.</summary>
internal sealed class TestBoard : IAsyncDisposable
{
    private static readonly int[] Pcrs = [0, 4, 8];

    private readonly OwnedProcess _process;

    private TestBoard(TpmState state, OwnedProcess process, Tpm2 tpm)
    {
        _process = process;
        State = state;
        Tpm = tpm;
        Ek = tpm.CreateEk();
        Ak = tpm.CreateAk();
    }

    public TpmState State { get; }

    public Tpm2 Tpm { get; }

    public TpmObject Ek { get; }

    public TpmObject Ak { get; set; }

    public byte[] EventLog { get; private set; } = [];

    /// <summary>The reference values of a board that boots what it should.</summary>
    public static ReferenceValues Reference
    {
        get
        {
            var log = Lab.Trust.EventLogs.EventLog.Parse(WriteLog(null, "kernel"));
            return ReferenceValues.From("test", log.Replay(PcrSelection.Of(TpmAlgorithm.Sha256, Pcrs)));
        }
    }

    public static async Task<TestBoard> StartAsync(
        TestLab lab,
        EndorsementAuthority authority,
        string name,
        string kernel = "kernel"
    )
    {
        var state = await TpmState.OpenAsync(Path.Combine(lab.RigState, "tpms", name), authority, CancellationToken.None);
        var sockets = lab.Folders.CreateSocketFolder();
        var ready = FileArrivalAsync(sockets, "pid");
        var process = await lab.Owner.StartAsync(
            new ProcessCommand(
                "swtpm",
                [
                    "socket",
                    "--tpm2",
                    "--tpmstate",
                    $"dir={state.Folder}",
                    "--server",
                    $"type=unixio,path={sockets}/tpm",
                    "--ctrl",
                    $"type=unixio,path={sockets}/ctrl",
                    "--flags",
                    "startup-clear",
                    "--pid",
                    $"file={sockets}/pid",
                ]
            ),
            CancellationToken.None
        );
        await process.WaitUntilAsync(ready, CancellationToken.None);
        var board = new TestBoard(state, process, Tpm2.OverSocket(Path.Combine(sockets, "tpm")));
        board.EventLog = WriteLog(board.Tpm, kernel);
        return board;
    }

    public JsonObject Enrolment(string board) =>
        new()
        {
            ["board"] = board,
            ["ekCertificate"] = Convert.ToBase64String(State.EndorsementKeyCertificate.Span),
            ["ekPublic"] = Convert.ToBase64String(Ek.Public.ToSizedBytes()),
            ["akPublic"] = Convert.ToBase64String(Ak.Public.ToSizedBytes()),
        };

    public async Task<HttpResponseMessage> EnrolAsync(HttpClient client, string board) =>
        await PostAsync(client, "enrol", Enrolment(board));

    public async Task<JsonObject> ActivationAsync(HttpResponseMessage enrolled)
    {
        var answer = await ReadAsync(enrolled);
        var credential = Tpm.ActivateCredential(
            Ak,
            Ek,
            new TpmCredential(Bytes(answer, "credentialBlob"), Bytes(answer, "encryptedSecret"))
        );
        return new JsonObject
        {
            ["session"] = answer["session"]!.DeepClone(),
            ["credential"] = Convert.ToBase64String(credential),
        };
    }

    /// <summary>Enrols, activates, and gives the session and its nonce.</summary>
    public async Task<(string Session, byte[] Nonce)> BeginAsync(HttpClient client, string board)
    {
        var activation = await ActivationAsync(await EnrolAsync(client, board));
        var challenge = await ReadAsync(await PostAsync(client, "activate", activation));
        return ((string)activation["session"]!, Bytes(challenge, "nonce"));
    }

    public JsonObject Evidence(string session, byte[] nonce, IReadOnlyList<int>? pcrs = null, bool withValues = true)
    {
        var selection = PcrSelection.Of(TpmAlgorithm.Sha256, pcrs ?? Pcrs);
        var quote = Tpm.Quote(Ak, nonce, selection);
        var evidence = new JsonObject
        {
            ["session"] = session,
            ["attest"] = Convert.ToBase64String(quote.Attest),
            ["signature"] = Convert.ToBase64String(quote.Signature),
            ["eventLog"] = Convert.ToBase64String(EventLog),
        };
        if (withValues)
        {
            evidence["pcrValues"] = new JsonObject(
                Tpm.ReadPcrs(selection)
                    .All.Select(pcr => new KeyValuePair<string, JsonNode?>($"{pcr.Key}", Convert.ToBase64String(pcr.Value)))
            );
        }
        return evidence;
    }

    /// <summary>Evidence whose quote binds a node's key.</summary>
    public JsonObject BoundEvidence(string session, byte[] nonce, byte[] keySha256)
    {
        var evidence = Evidence(session, NodeKeyBinding.QualifyingData(nonce, keySha256));
        evidence["nodeKey"] = Convert.ToBase64String(keySha256);
        return evidence;
    }

    public async Task<byte[]> OpenAsync(HttpResponseMessage released)
    {
        var answer = await ReadAsync(released);
        return SecretRelease.Open(
            Tpm,
            Ak,
            Ek,
            new ReleasedSecret(Bytes(answer, "credentialBlob"), Bytes(answer, "encryptedSecret"), Bytes(answer, "ciphertext"))
        );
    }

    public static Task<HttpResponseMessage> PostAsync(HttpClient client, string step, JsonNode body) =>
        client.PostAsJsonAsync($"/attest/v1/{step}", body);

    public static async Task<JsonObject> ReadAsync(HttpResponseMessage answer) =>
        (JsonObject)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    public async ValueTask DisposeAsync()
    {
        Tpm.Dispose();
        await _process.StopAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
    }

    private static byte[] Bytes(JsonObject json, string name) => Convert.FromBase64String((string)json[name]!);

    /// <summary>Measures, and writes what a board's log says of it.</summary>
    private static byte[] WriteLog(Tpm2? tpm, string kernel)
    {
        var writer = new EventLogWriter(TpmAlgorithm.Sha256);
        foreach (var (pcr, measured) in new[] { (0, "firmware"), (4, "uki"), (8, kernel) })
        {
            var bytes = Encoding.UTF8.GetBytes(measured);
            writer.AppendMeasured(pcr, LogEventType.Ipl, bytes, bytes);
            tpm?.ExtendPcr(pcr, TpmAlgorithm.Sha256, SHA256.HashData(bytes));
        }
        return writer.ToArray();
    }

    private static async Task FileArrivalAsync(string folder, string name)
    {
        using var watcher = new FileSystemWatcher(folder, name);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Created += (_, _) => arrived.TrySetResult();
        watcher.EnableRaisingEvents = true;
        await arrived.Task;
    }
}
