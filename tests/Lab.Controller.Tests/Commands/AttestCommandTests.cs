using System.Security.Cryptography;
using System.Text.Json;
using Lab.Controller.Commands;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Wiring;
using Lab.Host.Storage;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Controller.Tests.Commands;

/// <summary><c>hwlab attest</c> over a folder as a run leaves it.</summary>
[TestFixture]
internal sealed class AttestCommandTests
{
    private TemporaryFolder _folder = null!;
    private string _policy = null!;
    private string _board = null!;

    [SetUp]
    public void MakeRun()
    {
        _folder = new TemporaryFolder();
        var log = new EventLogWriter(TpmAlgorithm.Sha256).AppendMeasured(8, LogEventType.Ipl, "kernel"u8, []).ToArray();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var ak = TpmTemplates.AkEccP256 with { Unique = point.X!, UniqueY = point.Y! };
        var nonce = RandomNumberGenerator.GetBytes(32);
        var values = EventLog.Parse(log).Replay(TpmAlgorithm.Sha256);
        var attest = Quote(nonce, values);
        var both = key.SignData(attest, HashAlgorithmName.SHA256);
        var scheme = new TpmScheme(TpmAlgorithm.EcDsa, TpmAlgorithm.Sha256);
        var quote = new QuoteEvidence(attest, new TpmSignature(scheme, both[..32], both[32..]).ToBytes(), log);
        var bundle = new EvidenceBundle(new IdentityEvidence([], [], ak.ToSizedBytes()), nonce, quote);
        _board = Directory.CreateDirectory(Path.Combine(_folder.Root, "run", "boards", "virt-1")).FullName;
        foreach (var (name, content) in bundle.ToFiles())
        {
            File.WriteAllBytes(Path.Combine(_board, name), content);
        }

        _policy = _folder.Write(
            "policy.yaml",
            $"""
            policy: test
            attestationKeys: [{Convert.ToHexStringLower(ak.ComputeName())}]
            pcrs:
              8: ["{Convert.ToHexStringLower(values[8])}"]
            """
        );
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task I_can_judge_a_run_and_a_boards_folder_by_a_policy()
    {
        Assert.That(await ExpectAsync(0, "attest", "verify", _board, "--policy", _policy), Does.Contain("trusted"));
        var run = Path.Combine(_folder.Root, "run");
        var answer = JsonDocument.Parse(await ExpectAsync(0, "attest", "verify", run, "--policy", _policy, "--json")).RootElement;
        Assert.That(answer.GetProperty("verdict").GetString(), Is.EqualTo("pass"));
        Assert.That(answer.GetProperty("claims").GetArrayLength(), Is.GreaterThan(8));
    }

    [Test]
    public async Task Other_evidence_is_denied_and_what_is_none_cannot_be_used()
    {
        File.WriteAllBytes(Path.Combine(_board, "nonce"), new byte[32]);
        Assert.That(await ExpectAsync(1, "attest", "verify", _board, "--policy", _policy), Does.Contain("denied (nonce)"));
        await ExpectAsync(2, "attest", "verify", _folder.Root, "--policy", _policy);
        await ExpectAsync(2, "attest", "verify", _board, "--policy", _folder.Write("bad.yaml", "policy: 1\n"));
        await ExpectAsync(2, "attest", "verify", _board, "--policy", _policy, "--at", "tomorrow");
        Directory.CreateDirectory(Path.Combine(_folder.Root, "run", "boards", "virt-2"));
        await ExpectAsync(2, "attest", "verify", Path.Combine(_folder.Root, "run"), "--policy", _policy);
    }

    [Test]
    public async Task I_can_read_a_signed_statement_while_it_counts()
    {
        using var signer = StatementSigner.Create();
        var digest = Convert.ToHexStringLower(new byte[32]);
        var issued = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
        var statement = new AppraisalStatement(
            "lab",
            "virt-1",
            [new Claim("nonce", ClaimVerdict.Pass, "yes")],
            null,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["quote.bin"] = digest },
            digest,
            issued,
            issued.AddMinutes(5)
        );
        var file = Path.Combine(_board, EvidenceBundle.StatementFile);
        File.WriteAllBytes(file, signer.Sign(statement));
        var key = _folder.Write("verifier.pub", signer.PublicKeyPem);
        var shown = await ExpectAsync(0, "attest", "statement", file, "--key", key, "--at", "2026-06-01T00:04:00Z");
        Assert.That(shown, Does.Contain("virt-1").And.Contain("trusted"));
        await ExpectAsync(1, "attest", "statement", file, "--key", key, "--at", "2026-06-01T00:05:00Z");
        await ExpectAsync(1, "attest", "statement", file, "--key", _policy, "--at", "2026-06-01T00:04:00Z");
    }

    private static byte[] Quote(byte[] nonce, PcrValues values)
    {
        using var stream = new MemoryStream();
        void Number(ulong value, int bytes)
        {
            for (var i = bytes - 1; i >= 0; i--)
            {
                stream.WriteByte((byte)(value >> (8 * i)));
            }
        }

        void Sized(byte[] bytes)
        {
            Number((ulong)bytes.Length, 2);
            stream.Write(bytes);
        }

        Number(TpmAttest.GeneratedMagic, 4);
        Number(TpmAttest.QuoteType, 2);
        Sized(new byte[34]);
        Sized(nonce);
        Number(1, 8);
        Number(1, 4);
        Number(0, 4);
        Number(1, 1);
        Number(1, 8);
        Number(1, 4);
        Number((ulong)TpmAlgorithm.Sha256, 2);
        Number(3, 1);
        stream.Write([0, 1, 0]);
        Sized(values.ComputeDigest(PcrSelection.Of(TpmAlgorithm.Sha256, 8), TpmAlgorithm.Sha256));
        return stream.ToArray();
    }

    private async Task<string> ExpectAsync(int code, params string[] line)
    {
        using var output = new StringWriter();
        var environment = new LabEnvironment
        {
            Output = output,
            Error = output,
            Folders = new LabFolders(_folder.Root, _folder.Root, Path.GetTempPath()),
            Wiring = new Lazy<ILabWiring>(() => throw new InvalidOperationException("the trust tools need no lab")),
        };
        Assert.That(await CommandLine.InvokeAsync(line, environment, default), Is.EqualTo(code), output.ToString());
        return output.ToString();
    }
}
