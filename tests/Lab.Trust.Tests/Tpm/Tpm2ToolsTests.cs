using System.Net.Sockets;
using System.Security.Cryptography;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tpm;

/// <summary>The same TPM, asked by us and by tpm2-tools: the answers agree byte for byte.</summary>
[Category("RealTpm")]
internal sealed class Tpm2ToolsTests
{
    private SoftwareTpm board = null!;

    [OneTimeSetUp]
    public void StartTpm() => board = SoftwareTpm.Start();

    [OneTimeTearDown]
    public void StopTpm() => board?.Dispose();

    [Test]
    public void PCR_values_agree()
    {
        using (var tpm = board.Open())
        {
            tpm.ExtendPcr(9, TpmAlgorithm.Sha256, SHA256.HashData("x"u8));
        }

        board.Tool("tpm2_pcrread", "sha256:all -o pcrs");
        var all = Enumerable.Range(0, 24);
        using var again = board.Open();
        var values = again.ReadPcrs(PcrSelection.Of(TpmAlgorithm.Sha256, all));
        Assert.That(File.ReadAllBytes(board.PathOf("pcrs")), Is.EqualTo(all.SelectMany(pcr => values[pcr].ToArray())));
    }

    [Test]
    public void The_EK_its_encoding_and_its_name_agree()
    {
        board.Tool("tpm2_createek", "-G rsa -c ek.ctx -u ek.pub");
        board.Tool("tpm2_readpublic", "-c ek.ctx -n ek.name");
        board.Tool("tpm2_flushcontext", "-t");
        using var tpm = board.Open();
        using var ek = tpm.CreateEk();
        Assert.That(ek.Public.ToSizedBytes(), Is.EqualTo(File.ReadAllBytes(board.PathOf("ek.pub"))));
        Assert.That(ek.Public.ComputeName(), Is.EqualTo(File.ReadAllBytes(board.PathOf("ek.name"))));
    }

    [Test]
    public void A_quote_of_ours_passes_tpm2_checkquote_and_one_of_theirs_ours()
    {
        const uint handle = 0x81010002;
        var nonce = RandomNumberGenerator.GetBytes(20);
        var selection = PcrSelection.Of(TpmAlgorithm.Sha256, 0, 8, 9);
        TpmPublic key;
        using (var tpm = board.Open())
        {
            using var ak = tpm.CreateAk();
            key = ak.Public;
            tpm.Persist(ak, handle);
            var quote = tpm.Quote(ak, nonce, selection);
            File.WriteAllBytes(board.PathOf("ours.msg"), quote.Attest);
            File.WriteAllBytes(board.PathOf("ours.sig"), quote.Signature);
        }

        var hex = Convert.ToHexStringLower(nonce);
        board.Tool("tpm2_readpublic", $"-c 0x{handle:X} -f pem -o ak.pem");
        board.Tool("tpm2_checkquote", $"-u ak.pem -m ours.msg -s ours.sig -q {hex} -g sha256");
        board.Tool("tpm2_quote", $"-c 0x{handle:X} -l sha256:0,8,9 -q {hex} -m theirs.msg -s theirs.sig -g sha256");
        var message = File.ReadAllBytes(board.PathOf("theirs.msg"));
        var theirs = TpmAttest.Parse(message);
        Assert.Multiple(() =>
        {
            Assert.That(TpmSignature.Parse(File.ReadAllBytes(board.PathOf("theirs.sig"))).Verify(key, message), Is.True);
            Assert.That(theirs.ExtraData, Is.EqualTo(nonce));
            Assert.That(theirs.Selections, Is.EqualTo(new[] { selection }));
        });
        using var last = board.Open();
        last.Evict(handle);
    }

    [Test]
    public void A_credential_of_theirs_is_opened_by_us()
    {
        byte[] ekPublic;
        string akName;
        using (var tpm = board.Open())
        {
            using var ek = tpm.CreateEk();
            using var ak = tpm.CreateAk();
            ekPublic = ek.Public.ToSizedBytes();
            akName = Convert.ToHexStringLower(ak.Name);
        }

        File.WriteAllBytes(board.PathOf("cred.ek"), ekPublic);
        File.WriteAllBytes(board.PathOf("cred.in"), "0123456789abcdef"u8.ToArray());
        board.Tool("tpm2_makecredential", $"-T none -u cred.ek -s cred.in -n {akName} -o cred.blob");

        // tpm2-tools' own file: magic, version, then the two TPM2Bs.
        var reader = new TpmReader(File.ReadAllBytes(board.PathOf("cred.blob")));
        Assert.That((reader.U32(), reader.U32()), Is.EqualTo((0xBADCC0DEu, 1u)));
        var blob = new TpmWriter().Sized(reader.Sized()).ToArray();
        var secret = new TpmWriter().Sized(reader.Sized()).ToArray();
        using var again = board.Open();
        using var ek2 = again.CreateEk();
        using var ak2 = again.CreateAk();
        var opened = again.ActivateCredential(ak2, ek2, new TpmCredential(blob, secret));
        Assert.That(opened, Is.EqualTo("0123456789abcdef"u8.ToArray()));
    }

    [Test]
    public void Policy_digests_agree()
    {
        PcrValues values;
        var selection = PcrSelection.Of(TpmAlgorithm.Sha256, 0, 8, 9);
        using (var tpm = board.Open())
        {
            values = tpm.ReadPcrs(selection);
        }

        board.Tool("tpm2_startauthsession", "-S trial.ctx");
        board.Tool("tpm2_policypcr", "-S trial.ctx -l sha256:0,8,9 -L pcr.policy");
        board.Tool("tpm2_policysecret", "-S trial.ctx -c e -L secret.policy");
        board.Tool("tpm2_policycommandcode", "-S trial.ctx -L command.policy TPM2_CC_Unseal");
        board.Tool("tpm2_policyor", "-S trial.ctx -L or.policy sha256:pcr.policy,secret.policy");
        board.Tool("tpm2_flushcontext", "trial.ctx");
        var pcr = new TpmPolicyDigest().Pcr(selection, values).Value;
        var secret = new TpmPolicyDigest().Pcr(selection, values).Secret(TpmPolicyDigest.NameOf(TpmHandle.Endorsement)).Value;
        Assert.Multiple(() =>
        {
            Assert.That(pcr, Is.EqualTo(File.ReadAllBytes(board.PathOf("pcr.policy"))));
            Assert.That(secret, Is.EqualTo(File.ReadAllBytes(board.PathOf("secret.policy"))));
            Assert.That(new TpmPolicyDigest().Or([pcr, secret]).Value, Is.EqualTo(File.ReadAllBytes(board.PathOf("or.policy"))));
        });
    }

    [Test]
    public void A_signed_policy_and_the_name_of_its_key_agree()
    {
        using var signer = new PolicyKey(isRsa: false);
        File.WriteAllBytes(board.PathOf("signer.pub"), signer.Public.ToSizedBytes());
        board.Tool("tpm2_loadexternal", "-C o -u signer.pub -c signer.ctx -n signer.name");
        board.Tool("tpm2_startauthsession", "-S trial.ctx");
        File.WriteAllBytes(board.PathOf("approved"), SHA256.HashData("a policy"u8));
        File.WriteAllBytes(board.PathOf("ref"), "reference"u8.ToArray());
        board.Tool("tpm2_policyauthorize", "-S trial.ctx -L authorized.policy -i approved -q ref -n signer.name");
        board.Tool("tpm2_flushcontext", "trial.ctx");
        board.Tool("tpm2_flushcontext", "-t");
        Assert.That(signer.Public.ComputeName(), Is.EqualTo(File.ReadAllBytes(board.PathOf("signer.name"))));
        Assert.That(
            new TpmPolicyDigest().Authorize(signer.Public.ComputeName(), "reference"u8).Value,
            Is.EqualTo(File.ReadAllBytes(board.PathOf("authorized.policy")))
        );
    }

    [Test]
    public void What_we_seal_they_unseal_and_what_they_seal_we_unseal()
    {
        var selection = PcrSelection.Of(TpmAlgorithm.Sha256, 0, 8);
        using (var tpm = board.Open())
        {
            using var parent = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.StorageEccP256);
            using var session = tpm.StartHmacSession(parent);
            var policy = new TpmPolicyDigest().Pcr(selection, tpm.ReadPcrs(selection)).Value;
            tpm.Persist(parent, 0x81000001);
            var blob = tpm.Create(parent, TpmTemplates.Sealed(policy), "ours"u8, session);
            File.WriteAllBytes(board.PathOf("ours.pub"), blob.Public.ToSizedBytes());
            File.WriteAllBytes(board.PathOf("ours.priv"), new TpmWriter().Sized(blob.PrivateArea).ToArray());
            File.WriteAllBytes(board.PathOf("policy"), policy);
        }

        board.Tool("tpm2_load", "-C 0x81000001 -u ours.pub -r ours.priv -c ours.ctx");
        Assert.That(board.Tool("tpm2_unseal", "-c ours.ctx -p pcr:sha256:0,8"), Is.EqualTo("ours"));
        board.Tool("tpm2_flushcontext", "-t");
        board.Tool("tpm2_create", "-C 0x81000001 -L policy -i - -u theirs.pub -r theirs.priv", "theirs");
        board.Tool("tpm2_flushcontext", "-t");
        using var again = board.Open();
        using var storage = again.ReadPublic(0x81000001);
        var reader = new TpmReader(File.ReadAllBytes(board.PathOf("theirs.priv")));
        var theirs = new TpmKeyBlob(
            TpmPublic.ParseSized(File.ReadAllBytes(board.PathOf("theirs.pub"))),
            reader.Sized().ToArray()
        );
        using var loaded = again.Load(storage, theirs);
        using var protection = again.StartHmacSession(storage);
        using var proof = again.StartPolicySession();
        again.PolicyPcr(proof, selection);
        Assert.That(again.Unseal(loaded, proof, protection), Is.EqualTo("theirs"u8.ToArray()));
        again.Evict(0x81000001);
    }

    [TestCase(0x100u)]
    [TestCase(0x18Bu)]
    [TestCase(0x28Bu)]
    [TestCase(0x1D5u)]
    [TestCase(0x2C4u)]
    [TestCase(0x98Eu)]
    [TestCase(0xA9Du)]
    [TestCase(0x922u)]
    public void Response_codes_are_taken_apart_as_tpm2_rc_decode_does(uint code)
    {
        var decoded = board.Tool("tpm2_rc_decode", $"0x{code:X}");
        var subject = new TpmResponseCode(code).Subject?.Split(' ');
        Assert.That(
            decoded,
            subject is null
                ? Does.Not.Contain(":handle(").And.Not.Contain(":parameter(")
                : Does.Contain($":{subject[0]}({subject[1]})")
        );
    }

    [Test]
    public void Their_reader_and_ours_agree_on_a_log_of_ours()
    {
        var log = new EventLogWriter(TpmAlgorithm.Sha1, TpmAlgorithm.Sha256)
            .AppendMeasured(8, LogEventType.Ipl, "kernel"u8, "hwlab:kernel"u8)
            .AppendMeasured(8, LogEventType.Separator, new byte[4], new byte[4])
            .ToArray();
        File.WriteAllBytes(board.PathOf("log"), log);
        var theirs = board.Tool("tpm2_eventlog", "log");
        var ours = Convert.ToHexStringLower(EventLog.Parse(log).Replay(TpmAlgorithm.Sha256)[8]);
        Assert.That(theirs, Does.Contain(ours));
    }

    [Test]
    public void A_ROM_that_measures_before_startup_leaves_PCR_0_as_predicted()
    {
        const uint init = 2;
        const uint hashStart = 6;
        const uint hashData = 7;
        const uint hashEnd = 8;
        var firmware = RandomNumberGenerator.GetBytes(3000);
        using (var control = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            control.Connect(new UnixDomainSocketEndPoint(board.SocketPath + ".ctrl"));
            Send(control, new TpmWriter().U32(init).U32(0));
            Send(control, new TpmWriter().U32(hashStart));
            Send(control, new TpmWriter().U32(hashData).U32((uint)firmware.Length).Bytes(firmware));
            Send(control, new TpmWriter().U32(hashEnd));
        }

        using var tpm = board.Open();
        tpm.Startup();
        var expected = HardwareCrtm.StartValue(TpmAlgorithm.Sha256, SHA256.HashData(firmware));
        Assert.That(tpm.ReadPcrs(PcrSelection.Of(TpmAlgorithm.Sha256, 0)).Find(0), Is.EqualTo(expected));
    }

    private static void Send(Socket control, TpmWriter command)
    {
        control.Send(command.Written);
        var answer = new byte[4];
        Assert.That(control.Receive(answer), Is.EqualTo(4));
        Assert.That(answer, Has.All.Zero);
    }
}
