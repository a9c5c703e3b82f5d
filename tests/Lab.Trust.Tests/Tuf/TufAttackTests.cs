using System.Text;
using System.Text.Json.Nodes;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tuf;

/// <summary>The attacks of the specification's section 1.5.2, each refused with the code that names it.</summary>
public sealed class TufAttackTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("content");

    private TufBench _bench = null!;

    [SetUp]
    public void SetUp() => _bench = new TufBench();

    [TearDown]
    public void TearDown() => _bench.Dispose();

    [Test]
    public async Task Rollback_an_older_consistent_set_is_put_back()
    {
        var old = Directory.GetFiles(_bench.Folder).ToDictionary(file => file, File.ReadAllBytes, StringComparer.Ordinal);
        await PublishNewAsync();
        foreach (var (file, bytes) in old)
        {
            await File.WriteAllBytesAsync(file, bytes);
        }
        await RefusedAsync(TufErrorCode.Rollback, _bench.RefreshAsync);
    }

    [Test]
    public async Task Rollback_of_the_snapshot_alone_is_refused_by_the_timestamp()
    {
        await PublishNewAsync();
        Replace(
            "timestamp.json",
            timestamp =>
            {
                timestamp["version"] = 9;
                timestamp["meta"]!["snapshot.json"] = new JsonObject { ["version"] = 1 };
            },
            TufRoles.Timestamp
        );
        await RefusedAsync(TufErrorCode.Rollback, _bench.RefreshAsync);
    }

    [Test]
    public async Task Rollback_of_the_targets_alone_is_refused_by_the_snapshot()
    {
        await PublishNewAsync();
        ReplaceSnapshot(meta => meta["targets.json"]!["version"] = 1);
        await RefusedAsync(TufErrorCode.Rollback, _bench.RefreshAsync);
    }

    [Test]
    public async Task Rollback_by_dropping_a_role_from_the_snapshot_is_refused()
    {
        _bench.Repository.Delegate(
            new TufDelegationPlan("d", TufRolePlan.Single(_bench.Signers[TufRoles.Targets][0], TimeSpan.FromDays(9)))
            {
                Paths = ["*"],
            }
        );
        await PublishNewAsync();
        ReplaceSnapshot(meta => meta.Remove("d.json"));
        await RefusedAsync(TufErrorCode.Rollback, _bench.RefreshAsync);
    }

    [Test]
    public async Task Freeze_each_role_is_refused_when_it_has_expired([ValueSource(nameof(AllRoles))] string role)
    {
        _bench.Repository.SetExpiry(role, TufBench.Start);
        _bench.Repository.Publish();
        await RefusedAsync(TufErrorCode.Expired, _bench.RefreshAsync);
    }

    [Test]
    public async Task Freeze_a_stored_timestamp_is_refused_when_it_has_expired()
    {
        await _bench.RefreshAsync();
        _bench.Time.Advance(TimeSpan.FromDays(2));
        await RefusedAsync(TufErrorCode.Expired, _bench.RefreshAsync);
    }

    [Test]
    public async Task Freeze_an_expired_root_is_kept_but_nothing_after_it()
    {
        await _bench.RefreshAsync();
        _bench.Repository.SetExpiry(TufRoles.Root, TufBench.Start.AddDays(-1));
        _bench.Repository.AddTarget("a", Content);
        _bench.Repository.Publish();
        await RefusedAsync(TufErrorCode.Expired, _bench.RefreshAsync);
        Assert.Multiple(() =>
        {
            Assert.That(RootMetadata.Parse(_bench.Store.Read(TufRoles.Root)!).Envelope.Version, Is.EqualTo(2));
            Assert.That(TimestampMetadata.Parse(_bench.Store.Read(TufRoles.Timestamp)!).Envelope.Version, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Fast_forward_is_recovered_from_by_new_keys_of_timestamp_and_snapshot()
    {
        await FastForwardAsync(TufRoles.Timestamp, 1_000_000, snapshot: 1_000_000);
        await RefusedAsync(TufErrorCode.Rollback, _bench.RefreshAsync);
        Rotate(TufRoles.Timestamp);
        Rotate(TufRoles.Snapshot);
        Assert.That((await _bench.RefreshAsync()).Timestamp, Is.LessThan(10));
    }

    [Test]
    public async Task Fast_forward_of_the_snapshot_is_recovered_from_by_new_snapshot_keys_alone()
    {
        await FastForwardAsync(TufRoles.Timestamp, 2, snapshot: 1_000_000);
        Rotate(TufRoles.Snapshot);
        Assert.That((await _bench.RefreshAsync()).Snapshot, Is.LessThan(10));
    }

    [Test]
    public async Task Mix_and_match_a_snapshot_of_another_time_is_refused()
    {
        await PublishNewAsync(refresh: false);
        _bench.Fetcher.Replaced["2.snapshot.json"] = await ReadAsync("1.snapshot.json");
        await RefusedAsync(TufErrorCode.Invalid, _bench.RefreshAsync);
    }

    [Test]
    public async Task Mix_and_match_targets_of_another_time_are_refused_without_hashes_too()
    {
        await PublishNewAsync(refresh: false);
        ReplaceSnapshot(meta => meta["targets.json"] = new JsonObject { ["version"] = 2 });
        _bench.Fetcher.Replaced["2.targets.json"] = await ReadAsync("1.targets.json");
        await RefusedAsync(TufErrorCode.Rollback, _bench.RefreshAsync);
    }

    [Test]
    public async Task Arbitrary_software_a_changed_target_is_refused()
    {
        _bench.Repository.AddTarget("dir/a b", Content);
        _bench.Repository.Publish();
        var client = _bench.Client();
        var target = await client.FindTargetAsync("dir/a b", default);
        var files = new MapFetcher("/nowhere");
        files.Replaced[$"dir/{target.Sha256}.a%20b"] = Encoding.UTF8.GetBytes("CONTENT");
        await RefusedAsync(
            TufErrorCode.DigestMismatch,
            () => client.DownloadTargetAsync(target, files, new MemoryStream(), default)
        );
        files.Replaced[$"dir/{target.Sha256}.a%20b"] = Content;
        var received = new MemoryStream();
        await client.DownloadTargetAsync(target, files, received, default);
        Assert.That(received.ToArray(), Is.EqualTo(Content));
    }

    [Test]
    public async Task Arbitrary_software_metadata_of_a_stranger_is_refused([ValueSource(nameof(AllRoles))] string role)
    {
        var stranger = EcdsaTufSigner.Create();
        var (file, version) = role switch
        {
            TufRoles.Root => ("2.root.json", 2),
            TufRoles.Timestamp => ("timestamp.json", 1),
            _ => ($"1.{role}.json", 1),
        };
        var source = role == TufRoles.Root ? "1.root.json" : file;
        _bench.Fetcher.Replaced[file] = _bench.Forge(source, signed => signed["version"] = version, stranger);
        // Snapshot and targets are refused by their hash already, which timestamp and snapshot hold.
        var expected = role is TufRoles.Root or TufRoles.Timestamp ? TufErrorCode.Signature : TufErrorCode.Invalid;
        await RefusedAsync(expected, _bench.RefreshAsync);
    }

    [Test]
    public async Task Endless_data_is_refused_at_the_limit()
    {
        _bench.Fetcher.Replaced["timestamp.json"] = new byte[_bench.Options.MaximumTimestampLength + 1];
        await RefusedAsync(TufErrorCode.Invalid, _bench.RefreshAsync);
    }

    [Test]
    public async Task One_key_under_many_key_ids_counts_once()
    {
        var key = EcdsaTufSigner.Create();
        var root = Root2(signed =>
        {
            var keys = (JsonObject)signed["keys"]!;
            var ids = Enumerable.Range(0, 5).Select(i => $"id{i}").ToArray();
            foreach (var id in ids)
            {
                keys[id] = TufKeyId.ToJson(key.Key);
            }
            signed["roles"]!["timestamp"] = new JsonObject { ["keyids"] = MetadataFile.Texts(ids), ["threshold"] = 2 };
        });
        var timestamp = _bench.Read("timestamp.json");
        var signature = Convert.ToHexStringLower(key.Sign(MetadataFile.Canonical((JsonObject)timestamp["signed"]!)));
        timestamp["signatures"] = new JsonArray([
            .. Enumerable.Range(0, 5).Select(i => (JsonNode)new JsonObject { ["keyid"] = $"id{i}", ["sig"] = signature }),
        ]);
        _bench.Fetcher.Replaced["2.root.json"] = root;
        _bench.Fetcher.Replaced["timestamp.json"] = Encoding.UTF8.GetBytes(timestamp.ToJsonString());
        await RefusedAsync(TufErrorCode.Signature, _bench.RefreshAsync);
    }

    [Test]
    public async Task One_key_id_twice_is_refused_in_a_role_and_in_signatures()
    {
        var timestamp = _bench.Read("timestamp.json");
        ((JsonArray)timestamp["signatures"]!).Add(timestamp["signatures"]![0]!.DeepClone());
        _bench.Fetcher.Replaced["timestamp.json"] = Encoding.UTF8.GetBytes(timestamp.ToJsonString());
        await RefusedAsync(TufErrorCode.Invalid, _bench.RefreshAsync);

        _bench.Fetcher.Replaced["2.root.json"] = Root2(signed =>
        {
            var ids = (JsonArray)signed["roles"]!["timestamp"]!["keyids"]!;
            ids.Add(ids[0]!.DeepClone());
        });
        await RefusedAsync(TufErrorCode.Invalid, _bench.RefreshAsync);
    }

    [Test]
    public async Task A_key_that_the_role_names_but_nobody_lists_does_not_count()
    {
        _bench.Fetcher.Replaced["2.root.json"] = Root2(signed =>
        {
            var role = signed["roles"]!["timestamp"]!;
            ((JsonArray)role["keyids"]!).Add("0123");
            role["threshold"] = 2;
        });
        await RefusedAsync(TufErrorCode.Signature, _bench.RefreshAsync);
    }

    /// <summary>Keys and threshold of root 1, of root 2, who signed root 2, and whether that is enough.</summary>
    [TestCase("1", 1, "2", 1, "12", true)]
    [TestCase("1", 1, "2", 1, "2", false)]
    [TestCase("1", 1, "2", 1, "1", false)]
    [TestCase("1", 1, "2", 1, "3124", true)]
    [TestCase("01234", 3, "01345", 3, "041", true)]
    [TestCase("01234", 3, "01345", 3, "024", false)]
    [TestCase("01234", 3, "01345", 3, "045", false)]
    [TestCase("01234", 3, "56789", 3, "024567", true)]
    [TestCase("123", 1, "123", 2, "12", true)]
    [TestCase("123", 1, "123", 2, "2", false)]
    [TestCase("123", 2, "123", 1, "1", false)]
    [TestCase("123", 2, "123", 1, "12", true)]
    public async Task A_new_root_needs_the_thresholds_of_the_old_and_of_the_new(
        string oldKeys,
        int oldThreshold,
        string newKeys,
        int newThreshold,
        string signers,
        bool accepted
    )
    {
        var all = Enumerable.Range(0, 10).Select(_ => EcdsaTufSigner.Create()).ToArray();
        var first = Root(1, oldKeys, oldThreshold, all, oldKeys);
        _bench.Fetcher.Replaced["2.root.json"] = Root(2, newKeys, newThreshold, all, signers);
        TufClient.Initialize(_bench.Store, first);
        if (accepted)
        {
            Assert.That((await _bench.RefreshAsync()).Root, Is.EqualTo(2));
        }
        else
        {
            await RefusedAsync(TufErrorCode.Signature, _bench.RefreshAsync);
            Assert.That(_bench.Store.Read(TufRoles.Root), Is.EqualTo(first));
        }
    }

    [Test]
    public async Task A_root_that_skips_or_repeats_a_version_is_refused([Values(1, 3)] int version)
    {
        _bench.Fetcher.Replaced["2.root.json"] = _bench.Forge(
            "1.root.json",
            root => root["version"] = version,
            _bench.Signers[TufRoles.Root]
        );
        await RefusedAsync(version < 2 ? TufErrorCode.Rollback : TufErrorCode.Invalid, _bench.RefreshAsync);
    }

    private static IEnumerable<string> AllRoles => TufRoles.TopLevel;

    private byte[] Root(int version, string keys, int threshold, EcdsaTufSigner[] all, string signers) =>
        _bench.Forge(
            "1.root.json",
            root =>
            {
                root["version"] = version;
                var chosen = keys.Select(c => all[c - '0'].Key).ToArray();
                root["roles"]!["root"] = RoleJson.AddKeys(
                    (JsonObject)root["keys"]!,
                    new TufRolePlan(chosen, threshold, TimeSpan.FromDays(9))
                );
            },
            signers.Select(c => all[c - '0'])
        );

    private byte[] Root2(Action<JsonObject> change) =>
        _bench.Forge(
            "1.root.json",
            root =>
            {
                root["version"] = 2;
                change(root);
            },
            _bench.Signers[TufRoles.Root]
        );

    private async Task PublishNewAsync(bool refresh = true)
    {
        _bench.Repository.AddTarget("new", Content);
        _bench.Repository.Publish();
        if (refresh)
        {
            await _bench.RefreshAsync();
        }
    }

    private void Replace(string file, Action<JsonObject> change, string role) =>
        _bench.Fetcher.Replaced[file] = _bench.Forge(file, change, _bench.Signers[role]);

    /// <summary>A snapshot and a timestamp of the next version, rightly signed by stolen keys.</summary>
    private void ReplaceSnapshot(Action<JsonObject> change)
    {
        var next = _bench.Read("timestamp.json")["signed"]!["version"]!.GetValue<int>() + 1;
        var current = (int)_bench.Read("timestamp.json")["signed"]!["meta"]!["snapshot.json"]!["version"]!;
        _bench.Fetcher.Replaced[$"{current + 1}.snapshot.json"] = _bench.Forge(
            $"{current}.snapshot.json",
            snapshot =>
            {
                snapshot["version"] = current + 1;
                change((JsonObject)snapshot["meta"]!);
            },
            _bench.Signers[TufRoles.Snapshot]
        );
        Replace(
            "timestamp.json",
            timestamp =>
            {
                timestamp["version"] = next;
                timestamp["meta"]!["snapshot.json"] = new JsonObject { ["version"] = current + 1 };
            },
            TufRoles.Timestamp
        );
    }

    private async Task FastForwardAsync(string role, int version, int snapshot)
    {
        _bench.Fetcher.Replaced[$"{snapshot}.snapshot.json"] = _bench.Forge(
            "1.snapshot.json",
            signed => signed["version"] = snapshot,
            _bench.Signers[TufRoles.Snapshot]
        );
        Replace(
            "timestamp.json",
            signed =>
            {
                signed["version"] = version;
                signed["meta"]!["snapshot.json"] = new JsonObject { ["version"] = snapshot };
            },
            role
        );
        await _bench.RefreshAsync();
        _bench.Fetcher.Replaced.Clear();
        _bench.Repository.Touch(TufRoles.Snapshot);
        _bench.Repository.Touch(TufRoles.Timestamp);
        _bench.Repository.Publish();
    }

    private void Rotate(string role)
    {
        var signer = EcdsaTufSigner.Create();
        _bench.Repository.AddSigner(signer);
        _bench.Repository.Rotate(role, TufRolePlan.Single(signer, TimeSpan.FromDays(9)));
        _bench.Repository.Publish();
    }

    private Task<byte[]> ReadAsync(string file) => File.ReadAllBytesAsync(Path.Combine(_bench.Folder, file));

    private static Task RefusedAsync(TufErrorCode code, Func<Task> action) => TufClientTests.RefusedAsync(code, action);
}
