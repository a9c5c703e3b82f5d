using System.Security.Cryptography;
using System.Text;
using Lab.Trust.Prediction;
using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.Prediction;

/// <summary>Signed PCR policies, beside systemd's own tool and on a real software TPM.</summary>
internal sealed class SignedPcrPolicyTests
{
    private const string SystemdMeasure = "/usr/lib/systemd/systemd-measure";
    private const TpmAlgorithm Bank = TpmAlgorithm.Sha256;
    private static readonly (string Name, byte[] Content)[] Sections =
    [
        (".linux", Encoding.ASCII.GetBytes("a kernel")),
        (".osrel", Encoding.ASCII.GetBytes("ID=x\n")),
        (".cmdline", Encoding.ASCII.GetBytes("quiet")),
    ];

    private RSA key = null!;

    [OneTimeSetUp]
    public void MakeKey() => key = RSA.Create(2048);

    [OneTimeTearDown]
    public void ForgetKey() => key.Dispose();

    [Test]
    public void I_can_sign_write_read_and_find_policies()
    {
        var values = Phases(Sections);
        var read = SignedPcrPolicies.Parse(SignedPcrPolicies.ToJson(SignedPcrPolicies.Sign(values, key)));
        using var other = RSA.Create(2048);
        var evil = Phases([.. Sections, (".initrd", [1])]);
        Assert.Multiple(() =>
        {
            Assert.That(read, Has.Count.EqualTo(4));
            foreach (var one in values)
            {
                Assert.That(SignedPcrPolicies.Find(read, one, key), Is.Not.Null);
                Assert.That(SignedPcrPolicies.Find(read, one, other), Is.Null, "not by this key");
            }

            Assert.That(SignedPcrPolicies.Find(read, evil[0], key), Is.Null, "of another kernel");
        });
        var forged = read.Select(entry => entry with { Policy = new TpmPolicyDigest().Pcr(evil[0].Selection, evil[0]).Value });
        Assert.That(SignedPcrPolicies.Find(forged, evil[0], key), Is.Null, "with another policy under the signature");
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("{\"sha256\":{}}")]
    [TestCase("{\"sha256\":[null]}")]
    [TestCase("{\"sha256\":[{}]}")]
    [TestCase("{\"sha256\":[{\"pcrs\":[24],\"pkfp\":\"\",\"pol\":\"\",\"sig\":\"\"}]}")]
    [TestCase("{\"sha256\":[{\"pcrs\":[1.5],\"pkfp\":\"\",\"pol\":\"\",\"sig\":\"\"}]}")]
    [TestCase("{\"sha256\":[{\"pcrs\":[11],\"pkfp\":\"\",\"pol\":\"zz\",\"sig\":\"\"}]}")]
    [TestCase("{\"sha256\":[{\"pcrs\":[11],\"pkfp\":\"\",\"pol\":\"00\",\"sig\":\"!\"}]}")]
    [TestCase("{\"sha256\":[],\"sha256\":[]}")]
    public void What_is_none_is_refused(string json) =>
        Assert.That(() => SignedPcrPolicies.Parse(Encoding.UTF8.GetBytes(json)), Throws.InstanceOf<PredictionException>());

    [Test]
    public void Spoilt_files_end_in_one_kind_of_error()
    {
        var good = SignedPcrPolicies.ToJson(SignedPcrPolicies.Sign(Phases(Sections)[..1], key));
        foreach (var bytes in Hostile.Of(good, 1000))
        {
            try
            {
                SignedPcrPolicies.Find(SignedPcrPolicies.Parse(bytes), Phases(Sections)[0], key);
            }
            catch (PredictionException)
            {
                // The one kind of error.
            }
        }
    }

    [Test]
    [Category("RealTpm")]
    public void A_secret_sealed_to_the_key_opens_for_the_kernel_that_was_signed_and_no_other()
    {
        using var board = SoftwareTpm.Start();
        using var tpm = board.Open();
        using var parent = tpm.CreatePrimary(TpmHandle.Owner, TpmTemplates.StorageEccP256);
        using var secret = tpm.Load(
            parent,
            tpm.Create(parent, TpmTemplates.Sealed(SignedPcrPolicies.SealedTo(key)), "disk key"u8)
        );
        var signed = SignedPcrPolicies.Sign(Phases(Sections), key);
        foreach (var (name, content) in Sections)
        {
            tpm.ExtendPcr(UkiPhases.Pcr, Bank, SHA256.HashData(Encoding.ASCII.GetBytes(name + '\0')));
            tpm.ExtendPcr(UkiPhases.Pcr, Bank, SHA256.HashData(content));
        }

        tpm.ExtendPcr(UkiPhases.Pcr, Bank, SHA256.HashData("enter-initrd"u8));
        var now = tpm.ReadPcrs(PcrSelection.Of(Bank, UkiPhases.Pcr));
        var entry = SignedPcrPolicies.Find(signed, now, key)!;
        using (var session = tpm.StartPolicySession())
        {
            SignedPcrPolicies.Satisfy(tpm, session, entry, key);
            Assert.That(tpm.Unseal(secret, session), Is.EqualTo("disk key"u8.ToArray()));
        }

        tpm.ExtendPcr(UkiPhases.Pcr, Bank, SHA256.HashData("something else"u8));
        Assert.That(SignedPcrPolicies.Find(signed, tpm.ReadPcrs(now.Selection), key), Is.Null);
        using var late = tpm.StartPolicySession();
        Assert.Throws<TpmException>(() => SignedPcrPolicies.Satisfy(tpm, late, entry, key));
    }

    [Test]
    [Category("RealTpm")]
    public void Systemd_measure_signs_the_same_and_what_it_signs_opens_here()
    {
        if (!File.Exists(SystemdMeasure))
        {
            Assert.Ignore($"{SystemdMeasure} is not installed.");
        }

        using var board = SoftwareTpm.Start();
        File.WriteAllText(board.PathOf("key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(board.PathOf("key.pub"), key.ExportSubjectPublicKeyInfoPem());
        var arguments =
            "sign --bank=sha256 --private-key=key.pem --public-key=key.pub --tpm2-device=swtpm:path=" + board.SocketPath;
        foreach (var (name, content) in Sections)
        {
            File.WriteAllBytes(board.PathOf(name[1..]), content);
            arguments += $" --{name[1..]}={name[1..]}";
        }

        var theirs = board.Tool(SystemdMeasure, arguments);
        var ours = SignedPcrPolicies.Sign(Phases(Sections), key);
        Assert.That(Encoding.UTF8.GetString(SignedPcrPolicies.ToJson(ours)), Is.EqualTo(theirs.Trim()));
        Assert.That(
            SignedPcrPolicies.Find(SignedPcrPolicies.Parse(Encoding.UTF8.GetBytes(theirs)), Phases(Sections)[3], key),
            Is.Not.Null
        );
    }

    private static List<PcrValues> Phases((string Name, byte[] Content)[] sections)
    {
        var start = UkiPhases.AfterStub(Bank, sections);
        return
        [
            .. UkiPhases.Standard.Select(phase => new PcrValues(
                Bank,
                new Dictionary<int, byte[]> { [UkiPhases.Pcr] = UkiPhases.InPhase(Bank, start, phase) }
            )),
        ];
    }
}
