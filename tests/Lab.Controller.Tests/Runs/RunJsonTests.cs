using System.Text;
using System.Text.Json;
using Lab.Controller.Runs;
using Lab.Controller.Tests.Samples;
using Lab.Model.Errors;
using Lab.Model.Runs;
using NUnit.Framework;

namespace Lab.Controller.Tests.Runs;

[TestFixture]
internal sealed class RunJsonTests
{
    [Test]
    public void The_record_has_the_shape_that_others_rely_on()
    {
        using var document = JsonDocument.Parse(RunJson.Write(SampleRun.Failed));
        var root = document.RootElement;
        var stage = root.GetProperty("stages")[1];
        var check = stage.GetProperty("checks")[0];
        Assert.Multiple(() =>
        {
            Assert.That(root.GetProperty("schema").GetString(), Is.EqualTo("hwlab.run/1"));
            Assert.That(root.GetProperty("scenario").GetString(), Is.EqualTo("edge-node"));
            Assert.That(root.GetProperty("verdict").GetString(), Is.EqualTo("fail"));
            Assert.That(root.GetProperty("durationMs").GetInt64(), Is.EqualTo(14_250));
            Assert.That(root.GetProperty("startedAt").GetDateTimeOffset(), Is.EqualTo(SampleRun.Start));
            Assert.That(root.TryGetProperty("attack", out _), Is.False);
            Assert.That(stage.GetProperty("name").GetString(), Is.EqualTo("attestation"));
            Assert.That(stage.GetProperty("error").GetString(), Does.StartWith("attestation denied"));
            Assert.That(check.GetProperty("detail").GetString(), Is.EqualTo("PCR 8 differs"));
            Assert.That(check.GetProperty("evidence")[0].GetString(), Is.EqualTo("boards/virt-1/console.log"));
            Assert.That(root.GetProperty("phases")[0].GetProperty("atMs").GetInt64(), Is.EqualTo(262));
            Assert.That(root.GetProperty("pcrs")[1].GetProperty("match").GetBoolean(), Is.False);
            Assert.That(root.GetProperty("pcrs")[2].GetProperty("predicted").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(root.GetProperty("facts").GetProperty("qemu").GetString(), Is.EqualTo("7.2"));
        });
    }

    [Test]
    public void What_is_written_is_read_back()
    {
        foreach (
            var record in (RunRecord[])
                [SampleRun.Passed, SampleRun.Failed, SampleRun.LabFault, SampleRun.Skipped, SampleRun.Matrix]
        )
        {
            var once = RunJson.Write(record);
            Assert.That(RunJson.Write(RunJson.Read(once, "run.json")), Is.EqualTo(once));
        }
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("""{"schema":"hwlab.run/2"}""")]
    [TestCase("""{"schema":"hwlab.run/1"}""")]
    public void What_is_no_record_is_refused(string text) =>
        Assert.Throws<RigException>(() => RunJson.Read(Encoding.UTF8.GetBytes(text), "run.json"));

    [Test]
    public void A_mutilated_record_is_read_or_refused()
    {
        var random = new Random(7);
        var json = RunJson.Write(SampleRun.Failed);
        for (var round = 0; round < 3_000; round++)
        {
            var mutant = (byte[])json.Clone();
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            }

            try
            {
                RunJson.Read(mutant.AsSpan(0, random.Next(2) == 0 ? mutant.Length : random.Next(mutant.Length)), "run.json");
            }
            catch (RigException)
            {
                // Refused.
            }
        }

        Assert.Pass();
    }
}
