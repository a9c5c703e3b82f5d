using System.Text;
using System.Text.Json;
using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Services.Registry;
using Lab.Services.Tuf;
using Lab.Trust.Tuf;
using Microsoft.Extensions.Time.Testing;

namespace Lab.Services.Tests.Tuf;

/// <summary>What runs publish, read by the client that boards use.</summary>
public sealed class RigTufRepositoryTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    private TestLab _lab = null!;

    [SetUp]
    public void SetUp() => _lab = new TestLab();

    [TearDown]
    public async Task TearDown() => await _lab.DisposeAsync();

    [Test]
    public async Task A_board_finds_the_published_OS_from_the_pinned_root()
    {
        var run = await StartAsync();

        var target = await ResolveAsync(run, new MemoryTufStore());

        Assert.That("sha256:" + target.Sha256, Is.EqualTo(await run.GetTargetDigestAsync("os/edge-node", default)));
        Assert.That(target.OciRepository, Is.EqualTo("edge-node"));
    }

    [Test]
    public async Task The_root_stays_and_nothing_is_signed_again_for_the_same_OS()
    {
        var first = await StartAsync();
        var root = (await OpenAsync()).PinnedRoot.ToArray();
        var second = await StartAsync();

        Assert.That((await OpenAsync()).PinnedRoot.ToArray(), Is.EqualTo(root));
        Assert.That(await VersionsAsync(second), Is.EqualTo(await VersionsAsync(first)));
    }

    [Test]
    public async Task Versions_only_rise_whichever_run_publishes()
    {
        var first = await StartAsync();
        var second = await StartAsync();
        var store = new MemoryTufStore();
        await ResolveAsync(first, store);

        await second.PublishExpiredTimestampAsync(_time.GetUtcNow().AddHours(-1), default);
        var afterwards = await StartAsync();

        Assert.That((await VersionsAsync(first)).Timestamp, Is.LessThan((await VersionsAsync(second)).Timestamp));
        Assert.That((await VersionsAsync(second)).Timestamp, Is.LessThan((await VersionsAsync(afterwards)).Timestamp));
        Assert.That(async () => await ResolveAsync(afterwards, store), Throws.Nothing);
    }

    [Test]
    public async Task An_older_state_served_again_is_a_rollback_to_a_board_that_saw_the_newer()
    {
        var run = await StartAsync();
        var store = new MemoryTufStore();
        var older = await run.CaptureAsync(default);
        await run.PublishNextVersionAsync(default);
        await ResolveAsync(run, store);

        await run.RestoreAsync(older, default);

        Assert.That(
            async () => await ResolveAsync(run, store),
            Throws.TypeOf<TufException>().With.Property(nameof(TufException.Code)).EqualTo(TufErrorCode.Rollback)
        );
    }

    [Test]
    public async Task An_expired_timestamp_is_seen_as_such()
    {
        var run = await StartAsync();

        await run.PublishExpiredTimestampAsync(_time.GetUtcNow().AddHours(-1), default);

        Assert.That(
            async () => await ResolveAsync(run, new MemoryTufStore()),
            Throws.TypeOf<TufException>().With.Property(nameof(TufException.Code)).EqualTo(TufErrorCode.Expired)
        );
    }

    [Test]
    public async Task Metadata_that_would_expire_is_signed_anew_when_a_run_starts()
    {
        await StartAsync();
        _time.Advance(TimeSpan.FromDays(400));

        var run = await StartAsync();

        Assert.That(async () => await ResolveAsync(run, new MemoryTufStore()), Throws.Nothing);
    }

    [TestCase("kernel", 0)]
    [TestCase("initrd", 1)]
    [TestCase("cmdline", 2)]
    public async Task An_insider_can_publish_another_layer_and_the_next_run_takes_it_back(string kind, int index)
    {
        var registry = Registry();
        var honest = await StartAsync(registry);
        var before = await honest.GetTargetDigestAsync("os/edge-node", default);

        var after = await honest.PublishLayerAsync("os/edge-node", kind, Encoding.UTF8.GetBytes("evil"), default);
        using var manifest = JsonDocument.Parse(await registry.ReadAsync("edge-node", after, default));
        var layer = manifest.RootElement.GetProperty("layers")[index].GetProperty("digest").GetString();
        var again = await StartAsync();

        Assert.That(layer, Is.EqualTo(ContentDigest.Of("evil"u8).ToString()));
        Assert.That("sha256:" + (await ResolveAsync(honest, new MemoryTufStore())).Sha256, Is.EqualTo(after));
        Assert.That(await again.GetTargetDigestAsync("os/edge-node", default), Is.EqualTo(before));
    }

    [Test]
    public async Task A_board_follows_the_rotation_of_every_role()
    {
        await StartAsync();
        var folder = new TufRepositoryFolder(Path.Combine(_lab.RigState, "tuf"), _time);
        foreach (var role in TufRoles.TopLevel)
            folder.Rotate(role, TufRepositoryPlan.Default.Roles[role]);

        var run = await StartAsync();

        Assert.That((await VersionsAsync(run)).Root, Is.EqualTo(5));
        Assert.That(async () => await ResolveAsync(run, new MemoryTufStore()), Throws.Nothing);
        Assert.That(Directory.GetFiles(folder.KeysPath), Has.Length.EqualTo(6));
    }

    [Test]
    public async Task Private_keys_are_the_owners_alone()
    {
        await StartAsync();

        foreach (var key in Directory.GetFiles(Path.Combine(_lab.RigState, "tuf", "keys")))
            Assert.That(File.GetUnixFileMode(key), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void A_folder_can_be_worked_on_by_hand()
    {
        var folder = new TufRepositoryFolder(_lab.PathOf("repo"), _time);
        folder.Initialise(TufRepositoryPlan.Default.With(TufRoles.Targets, new TufKeyPlan(3, 2, TimeSpan.FromDays(1))));
        folder.Add("file", _lab.Write("content", [1, 2, 3]));
        folder.Delegate("team", ["team/*"], new TufKeyPlan(1, 1, TimeSpan.FromDays(1)), terminating: false);
        var versions = folder.Sign(TufRoles.Timestamp);

        Assert.That(folder.Targets(), Is.EqualTo([new ServedTarget("file", 3, ContentDigest.Of([1, 2, 3]).Hex, null)]));
        Assert.That(versions, Is.EqualTo(folder.Versions()));
        Assert.That(() => folder.Remove("none"), Throws.TypeOf<TufException>());
        Assert.That(() => folder.Initialise(TufRepositoryPlan.Default), Throws.TypeOf<TufException>());
        Assert.That(() => folder.Rotate("nobody", TufRepositoryPlan.Default.Roles[TufRoles.Root]), Throws.TypeOf<TufException>());
    }

    [Test]
    public async Task A_damaged_repository_is_the_labs_fault()
    {
        await StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_lab.RigState, "tuf", "metadata", "timestamp.json"), "{");

        Assert.That(async () => await StartAsync(), Throws.TypeOf<LabException>());
    }

    private Task<RigTufRepository> OpenAsync() => RigTufRepository.OpenAsync(_lab.RigState, _time, CancellationToken.None);

    private RunRegistry Registry() =>
        new(Path.Combine(_lab.RigState, "registry"), _lab.PathOf("substitutes"), new RegistryLimits(), _time);

    private async Task<RunTufRepository> StartAsync(RunRegistry? registry = null)
    {
        var os = new OsArtifact("os/edge-node", _lab.Write("kernel", [1]), _lab.Write("initrd", [2]), "quiet");
        var run = new RunTufRepository(await OpenAsync(), new OsPublisher(registry ?? Registry()), os, _time);
        await run.StartAsync(CancellationToken.None);
        return run;
    }

    private static async Task<TufVersions> VersionsAsync(ITufRepository run) =>
        ServedMetadata.Versions(await run.CaptureAsync(CancellationToken.None));

    private async Task<TufTarget> ResolveAsync(RunTufRepository run, ITufStore store)
    {
        var root = (await OpenAsync()).PinnedRoot.ToArray();
        return await TestTufClient.ResolveAsync(run, root, store, "os/edge-node", _time);
    }
}
