using System.IO.Pipelines;
using System.Text;
using Lab.Testing.Replay;
using Lab.Testing.Tests.Boards;
using NUnit.Framework;

namespace Lab.Testing.Tests.Replay;

[TestFixture]
internal sealed class ReplayerTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("hwlab-test-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task I_can_replay_a_board_that_waits_for_what_I_type()
    {
        var log = Path.Combine(_folder.FullName, "console.log");
        await File.WriteAllTextAsync(log, "$ answer");
        await File.WriteAllTextAsync(Path.ChangeExtension(log, ".times"), "0 0 2\nwait question\n9 2 6\n");
        var (input, output) = (new Pipe(), new Pipe());
        var playing = new Replayer(Recording.Read(log, Path.ChangeExtension(log, ".times")), 0, TimeProvider.System).PlayAsync(
            output.Writer.AsStream(),
            input.Reader.AsStream(),
            default
        );
        var prompt = new byte[2];
        await output.Reader.AsStream().ReadExactlyAsync(prompt);
        await input.Writer.WriteAsync(Encoding.ASCII.GetBytes("quest"));
        await input.Writer.WriteAsync(Encoding.ASCII.GetBytes("ion\n"));
        var answer = new byte[6];
        await output.Reader.AsStream().ReadExactlyAsync(answer);
        await input.Writer.CompleteAsync();
        await playing;
        Assert.That(Encoding.ASCII.GetString([.. prompt, .. answer]), Is.EqualTo("$ answer"));
    }

    [Test]
    public void Times_that_do_not_fit_the_bytes_are_refused()
    {
        var log = ReplayFiles.Write(_folder.FullName, (0, "some"));
        File.WriteAllText(Path.ChangeExtension(log, ".times"), "0 0 5\n");
        Assert.Throws<FormatException>(() => Recording.Read(log, Path.ChangeExtension(log, ".times")));
    }
}
