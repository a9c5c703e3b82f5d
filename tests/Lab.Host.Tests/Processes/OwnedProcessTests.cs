using System.Diagnostics;
using System.Globalization;
using Lab.Host.Machine;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Host.Tests.Processes;

internal sealed class OwnedProcessTests
{
    private string _folder = "";
    private LabFolders _folders = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("hwlab-test-").FullName;
        _folders = new LabFolders(Path.Combine(_folder, "cache"), Path.Combine(_folder, "state"), _folder);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task I_can_start_a_child_and_stop_it()
    {
        await using var owner = ProcessOwner.Open(_folders, TimeProvider.System);
        var child = await owner.StartAsync(new ProcessCommand("sleep", ["infinity"]), CancellationToken.None);
        Assert.That(child.Identity!.IsAlive);

        await child.StopAsync(TimeSpan.FromMinutes(1), CancellationToken.None);

        Assert.That(await child.Exited, Is.EqualTo(128 + OwnedProcess.SigTerm));
        Assert.That(child.Identity.IsAlive, Is.False);
    }

    [Test]
    public async Task A_child_that_ignores_the_request_to_end_is_killed_after_the_grace()
    {
        await using var owner = ProcessOwner.Open(_folders, TimeProvider.System);
        var ready = new TaskCompletionSource();
        var child = await owner.StartAsync(
            new ProcessCommand("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1000; done"])
            {
                OnLine = _ => ready.TrySetResult(),
            },
            CancellationToken.None
        );
        await ready.Task;

        await child.StopAsync(TimeSpan.FromMilliseconds(100), CancellationToken.None);

        Assert.That(await child.Exited, Is.EqualTo(128 + OwnedProcess.SigKill));
    }

    [Test]
    public async Task The_error_of_a_child_that_ends_early_shows_its_last_words()
    {
        await using var owner = ProcessOwner.Open(_folders, TimeProvider.System);
        var child = await owner.StartAsync(
            new ProcessCommand("sh", ["-c", "echo cannot find the socket >&2; exit 7"]),
            CancellationToken.None
        );

        var error = await Assert.ThrowsAsync<LabException>(() =>
            child.WaitUntilAsync(new TaskCompletionSource().Task, CancellationToken.None)
        );

        Assert.That(error!.Message, Does.Contain("exit code 7").And.Contain("cannot find the socket"));
    }

    [Test]
    public void A_missing_program_is_named()
    {
        var error = Assert.Throws<LabException>(() => HostTools.Require("no-such-program"));

        Assert.That(error!.Message, Does.Contain("no-such-program"));
    }

    [Test]
    public async Task Only_the_last_lines_of_a_talkative_child_are_kept()
    {
        await using var owner = ProcessOwner.Open(_folders, TimeProvider.System);
        var child = await owner.StartAsync(new ProcessCommand("seq", ["1", "100000"]), CancellationToken.None);
        await child.Exited;

        Assert.That(child.LastLines, Has.Count.EqualTo(50));
        Assert.That(child.LastLines[^1], Is.EqualTo("100000"));
    }

    [Test]
    public async Task Disposing_the_owner_ends_all_its_children_and_removes_its_paths_and_its_ledger()
    {
        ProcessIdentity identity;
        string path;
        await using (var owner = ProcessOwner.Open(_folders, TimeProvider.System))
        {
            identity = (await owner.StartAsync(new ProcessCommand("sleep", ["infinity"]), CancellationToken.None)).Identity!;
            path = _folders.CreateSocketFolder();
            owner.OwnPath(path);
        }

        Assert.That(identity.IsAlive, Is.False);
        Assert.That(Path.Exists(path), Is.False);
        Assert.That(Directory.GetFiles(_folders.Ledgers), Is.Empty);
    }

    [Test]
    public async Task A_sweep_leaves_a_living_owner_alone()
    {
        await using var owner = ProcessOwner.Open(_folders, TimeProvider.System);
        var child = await owner.StartAsync(new ProcessCommand("sleep", ["infinity"]), CancellationToken.None);

        Assert.That(await Leftovers.SweepAsync(_folders, CancellationToken.None), Is.Empty);

        Assert.That(child.HasExited, Is.False);
    }

    [Test]
    public async Task Nothing_is_left_of_an_owner_killed_by_kill_9_after_the_next_sweep()
    {
        var (owner, line) = await StartOwnerAsync();
        using var ownerProcess = owner;
        var words = line.Split(' ', 3);
        var child = ProcessIdentity.Of(int.Parse(words[0], CultureInfo.InvariantCulture), "child")!;
        var deserter = ProcessIdentity.Of(int.Parse(words[1], CultureInfo.InvariantCulture), "deserter")!;
        using var childHandle = ProcessHandle.TryOpen(child.Id)!;
        Assert.That(Path.Exists(words[2]));

        owner.Kill();
        await owner.WaitForExitAsync();

        // The child dies by the kernel's hand, before any sweep; the deserter lives on.
        Assert.That(childHandle.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.That(deserter.IsAlive);
        var removed = await Leftovers.SweepAsync(_folders, CancellationToken.None);
        Assert.That(deserter.IsAlive, Is.False);
        Assert.That(Path.Exists(words[2]), Is.False);
        Assert.That(Directory.GetFiles(_folders.Ledgers), Is.Empty);
        Assert.That(removed, Is.Not.Empty);
    }

    [Test]
    public async Task A_sweep_never_ends_a_process_that_only_has_the_same_id()
    {
        await using var owner = ProcessOwner.Open(_folders, TimeProvider.System);
        var bystander = await owner.StartAsync(new ProcessCommand("sleep", ["infinity"]), CancellationToken.None);
        using (var ledger = ProcessLedger.Create(Path.Combine(_folder, "state2", "ledgers")))
            ledger.Started(bystander.Identity! with { StartTicks = bystander.Identity.StartTicks - 1 });
        var others = _folders with { State = Path.Combine(_folder, "state2") };
        MakeOwnerDead(others);

        Assert.That(await Leftovers.SweepAsync(others, CancellationToken.None), Is.Empty);

        Assert.That(bystander.HasExited, Is.False);
        Assert.That(Directory.GetFiles(others.Ledgers), Is.Empty);
    }

    [Test]
    public async Task A_sweep_copes_with_a_ledger_that_was_cut_in_the_middle_of_a_line()
    {
        Directory.CreateDirectory(_folders.Ledgers);
        var left = Path.Combine(_folder, "left");
        await File.WriteAllTextAsync(left, "");
        await File.WriteAllTextAsync(
            Path.Combine(_folders.Ledgers, "1-0" + ProcessLedger.Extension),
            $"{{\"made\":\"{left}\"}}\n{{\"started\":{{\"id\":12,"
        );

        await Leftovers.SweepAsync(_folders, CancellationToken.None);

        Assert.That(Path.Exists(left), Is.False);
    }

    private static void MakeOwnerDead(LabFolders folders)
    {
        var ledger = Directory.GetFiles(folders.Ledgers).Single();
        var lines = File.ReadAllLines(ledger);
        File.WriteAllLines(ledger, lines[1..]);
    }

    private async Task<(Process Owner, string Line)> StartOwnerAsync()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            ArgumentList = { "own", _folder },
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Insert(0, typeof(OwnedProcessTests).Assembly.Location);
        var owner = Process.Start(start)!;
        var line = await owner.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the owner said nothing");
        return (owner, line);
    }
}
