using System.Diagnostics;
using Lab.Controller.Leases;
using Lab.Controller.Tests.Samples;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Lab.Controller.Tests.Leases;

[TestFixture]
internal sealed class BoardLeasesTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private TemporaryFolder _folder = null!;
    private BoardLeases _leases = null!;
    private Process _stranger = null!;

    [SetUp]
    public void MakeLeases()
    {
        _folder = new TemporaryFolder();
        _leases = new BoardLeases(new LabFolders(_folder.Root, _folder.Root, _folder.Root), "rack", _time);
        _stranger = Process.Start("sleep", "infinity");
    }

    [TearDown]
    public void RemoveLeases()
    {
        EndStranger();
        _stranger.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task A_board_that_somebody_else_has_is_refused_and_the_holder_is_named()
    {
        await TakeForStrangerAsync();
        var error = Assert.Throws<LabException>(() => _leases.Demand("pi-1"));
        await Assert.ThrowsAsync<LabException>(() => _leases.UseAsync("pi-1", "a run", default));
        Assert.Multiple(() =>
        {
            Assert.That(error!.Message, Does.Contain("pi-1").And.Contain("soak test").And.Contain($"{_stranger.Id}"));
            Assert.DoesNotThrow(() => _leases.Demand("pi-2"));
        });
    }

    [Test]
    public async Task A_lease_ends_with_its_owner_though_nobody_gives_it_back()
    {
        await TakeForStrangerAsync();
        EndStranger();
        var next = await _leases.TakeAsync("pi-1", ProcessAncestry.Ancestors().First(), "mine", null, default);
        Assert.That(next.Generation, Is.EqualTo(2));
    }

    [Test]
    public async Task A_lease_ends_at_its_time_though_its_owner_lives()
    {
        await TakeForStrangerAsync();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(_leases.Find("pi-1"), Is.Null);
    }

    [Test]
    public async Task Who_has_lost_a_board_does_not_give_back_the_next_ones_lease()
    {
        var old = await TakeForStrangerAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await TakeForStrangerAsync();
        Assert.That(await _leases.ReleaseAsync("pi-1", old.Generation, default), Is.Null);
        Assert.That(_leases.Find("pi-1")!.Generation, Is.EqualTo(2));
    }

    [Test]
    public async Task A_run_inside_the_lease_of_the_shell_it_was_started_from_leaves_that_one_in_place()
    {
        var shell = await _leases.TakeAsync("pi-1", ProcessAncestry.Parent!, "taken by hand", null, default);
        await using (await _leases.UseAsync("pi-1", "a run", default)) { }
        Assert.That(_leases.Find("pi-1"), Is.EqualTo(shell));
    }

    [Test]
    public async Task A_run_gives_its_board_back()
    {
        await using (await _leases.UseAsync("pi-1", "a run", default))
        {
            Assert.That(_leases.Find("pi-1")!.Purpose, Is.EqualTo("a run"));
        }

        Assert.That(_leases.Find("pi-1"), Is.Null);
    }

    [Test]
    public async Task Of_many_who_want_a_board_at_once_one_gets_it()
    {
        var owner = ProcessAncestry.Find(_stranger.Id)!;
        var tries = Enumerable
            .Range(0, 8)
            .Select(_ => Task.Run(() => _leases.TakeAsync("pi-1", owner, "soak test", null, default)));
        var outcomes = await Task.WhenAll(
            tries.Select(async attempt => await attempt.ContinueWith(task => task.IsCompletedSuccessfully))
        );
        Assert.That(outcomes.Count(won => won), Is.EqualTo(1));
    }

    private Task<Lease> TakeForStrangerAsync() =>
        _leases.TakeAsync("pi-1", ProcessAncestry.Find(_stranger.Id)!, "soak test", TimeSpan.FromHours(1), default);

    private void EndStranger()
    {
        _stranger.Kill();
        _stranger.WaitForExit();
    }
}
