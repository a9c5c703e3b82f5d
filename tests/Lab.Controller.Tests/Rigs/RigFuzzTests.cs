using Lab.Controller.Rigs;
using Lab.Controller.Tests.Samples;
using Lab.Model.Errors;
using NUnit.Framework;

namespace Lab.Controller.Tests.Rigs;

[TestFixture]
internal sealed class RigFuzzTests
{
    private const string Letters = "abcrig:-[]{}\"'#&*!|>%@`,?\n\t 01M\0\u001b\ufeff\u0085\u2028ä€";

    [Test]
    public void Whatever_stands_in_a_rig_file_it_is_read_or_refused_with_its_place()
    {
        var random = new Random(20260301);
        var text = File.ReadAllText(Path.Combine(Checkout.Root, "rigs", "qemu-virt.yaml"));
        var (read, refused) = (0, 0);
        for (var round = 0; round < 5_000; round++)
        {
            var mutant = Mutate(text, random);
            try
            {
                RigReader.Parse(mutant, "fuzz.yaml");
                read++;
            }
            catch (RigException exception)
            {
                Assert.That(exception.Where, Does.StartWith("fuzz.yaml"), mutant);
                refused++;
            }
        }

        Assert.That((read, refused), Is.Not.EqualTo((0, 5_000)).And.Not.EqualTo((5_000, 0)));
    }

    private static string Mutate(string text, Random random)
    {
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(20), text.Length - at);
            text = random.Next(4) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Letters[random.Next(Letters.Length)].ToString()),
                2 => text.Insert(random.Next(text.Length), text.Substring(at, length)),
                _ => text[..at] + Letters[random.Next(Letters.Length)] + text[Math.Min(at + 1, text.Length)..],
            };
        }

        return text.Length == 0 ? "-" : text;
    }
}
