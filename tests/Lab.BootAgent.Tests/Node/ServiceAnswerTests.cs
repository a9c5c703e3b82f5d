using System.Security.Cryptography;
using System.Text;
using Lab.BootAgent.Node;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Node;

internal sealed class ServiceAnswerTests
{
    [TestCase("")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("<html>")]
    public void What_is_no_object_is_not_an_answer(string json) =>
        Assert.That(() => Read(json), Throws.TypeOf<DenialException>());

    [Test]
    public void Fields_of_the_wrong_kind_are_refused()
    {
        var answer = Read("""{"session":1,"nonce":"not base64!","pcrs":[1,"2"],"far":[99999999999]}""");
        Assert.That(() => answer.Text("session"), Throws.TypeOf<DenialException>());
        Assert.That(() => answer.Text("missing"), Throws.TypeOf<DenialException>());
        Assert.That(() => answer.Bytes("nonce"), Throws.TypeOf<DenialException>());
        Assert.That(() => answer.Numbers("pcrs"), Throws.TypeOf<DenialException>());
        Assert.That(() => answer.Numbers("far"), Throws.TypeOf<DenialException>());
        Assert.That(answer.OptionalNumber("session"), Is.EqualTo(1));
        Assert.That(answer.OptionalNumber("nonce"), Is.Null);
    }

    [Test]
    public void A_box_opens_with_its_key_only()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var nonce = RandomNumberGenerator.GetBytes(12);
        var (ciphertext, tag) = (new byte[5], new byte[16]);
        using (var aes = new AesGcm(key, 16))
            aes.Encrypt(nonce, "hello"u8, ciphertext, tag);
        byte[] box = [.. nonce, .. ciphertext, .. tag];
        Assert.That(SecretBox.Open(key, box), Is.EqualTo("hello"u8.ToArray()));
        box[13] ^= 1;
        Assert.That(() => SecretBox.Open(key, box), Throws.TypeOf<DenialException>());
        Assert.That(() => SecretBox.Open(key.AsSpan(0, 16), box), Throws.TypeOf<DenialException>());
        Assert.That(() => SecretBox.Open(key, box.AsSpan(0, 27)), Throws.TypeOf<DenialException>());
    }

    private static ServiceAnswer Read(string json) => new(Encoding.UTF8.GetBytes(json));
}
