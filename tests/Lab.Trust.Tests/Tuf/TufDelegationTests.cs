using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tuf;

public sealed class TufDelegationTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("content");

    private TufBench _bench = null!;
    private EcdsaTufSigner _signer = null!;

    [SetUp]
    public void SetUp()
    {
        _bench = new TufBench();
        _signer = EcdsaTufSigner.Create();
        _bench.Repository.AddSigner(_signer);
    }

    [TearDown]
    public void TearDown()
    {
        _bench.Dispose();
        _signer.Dispose();
    }

    /// <summary>Edges as delegator, role, '!' when terminating; and the order in which roles must be asked.</summary>
    [TestCase("t>A", "A")]
    [TestCase("t>A t>B", "A B")]
    [TestCase("t>A t>B B>C", "A B C")]
    [TestCase("t>A t>B A>C A>D", "A C D B")]
    [TestCase("t>A t>B A>C C>D", "A C D B")]
    [TestCase("t>A t>B A>C! A>D", "A C")]
    [TestCase("t>A t>B A>C! C>D", "A C D")]
    [TestCase("t>A! t>B A>C", "A C")]
    [TestCase("t>A t>B B>C C>D D>B", "A B C D", Description = "a cycle")]
    [TestCase("t>A t>B B>C A>C", "A C B", Description = "two delegators of one role")]
    public async Task Roles_are_asked_in_preorder(string edges, string order)
    {
        foreach (var edge in edges.Split(' '))
        {
            var (delegator, role) = (edge[0] == 't' ? TufRoles.Targets : edge[..1], edge[2..3]);
            Delegate(role, delegator, edge.EndsWith('!'));
        }
        _bench.Repository.Publish();
        await Refused(TufErrorCode.TargetMissing, () => _bench.FindAsync("missing"));
        var asked = _bench.Fetcher.Requests.Skip(4).Select(file => file.Split('.')[1]);
        Assert.That(string.Join(' ', asked), Is.EqualTo(order));
    }

    [TestCase("README.md", "A")]
    [TestCase("releases/x/x_v1", "B C")]
    [TestCase("releases/y/y_v1.zip", "B D")]
    [TestCase("releases/z/z_v1.zip", "B", Description = "D names it, but nobody lets D")]
    public async Task A_target_counts_only_when_every_delegator_on_the_way_lets_it(string path, string order)
    {
        Delegate("A", paths: ["*.doc", "*.md"]);
        Delegate("B", paths: ["releases/*/*"]);
        Delegate("C", "B", paths: ["releases/x/*"]);
        Delegate("D", "B", paths: ["releases/y/*.zip"]);
        _bench.Repository.AddTarget("README.md", Content, role: "A");
        _bench.Repository.AddTarget("releases/x/x_v1", Content, role: "C");
        _bench.Repository.AddTarget("releases/y/y_v1.zip", Content, role: "D");
        _bench.Repository.AddTarget("releases/z/z_v1.zip", Content, role: "D");
        _bench.Repository.Publish();
        if (order == "B")
        {
            await Refused(TufErrorCode.TargetMissing, () => _bench.FindAsync(path));
        }
        else
        {
            Assert.That((await _bench.FindAsync(path)).Role, Is.EqualTo(order[^1..]));
        }
        var asked = _bench.Fetcher.Requests.Skip(4).Select(file => file.Split('.')[1]);
        Assert.That(string.Join(' ', asked), Is.EqualTo(order));
    }

    [Test]
    public async Task I_can_delegate_by_hash_prefix()
    {
        var prefix = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("a")))[..3];
        _bench.Repository.Delegate(new TufDelegationPlan("bin", Plan()) { PathHashPrefixes = [prefix] });
        _bench.Repository.AddTarget("a", Content, role: "bin");
        _bench.Repository.AddTarget("b", Content, role: "bin");
        _bench.Repository.Publish();
        Assert.That((await _bench.FindAsync("a")).Role, Is.EqualTo("bin"));
        await Refused(TufErrorCode.TargetMissing, () => _bench.FindAsync("b"));
    }

    [Test]
    public async Task The_search_is_limited_in_breadth()
    {
        for (var i = 0; i < 5; i++)
        {
            Delegate($"role{i}");
        }
        _bench.Repository.AddTarget("a", Content, role: "role4");
        _bench.Repository.Publish();
        Assert.That((await _bench.FindAsync("a")).Role, Is.EqualTo("role4"));
        _bench.Options = _bench.Options with { MaximumDelegations = 4 };
        await Refused(TufErrorCode.TargetMissing, () => _bench.FindAsync("a"));
    }

    [Test]
    public async Task A_cached_role_is_verified_against_its_delegator_of_now()
    {
        Delegate("d");
        _bench.Repository.AddTarget("a", Content, role: "d");
        _bench.Repository.Publish();
        await _bench.FindAsync("a");

        // The delegator takes the key away; the role's own file stays as it was, in store and repository.
        var other = EcdsaTufSigner.Create();
        var version = (int)_bench.Read("timestamp.json")["signed"]!["version"]! + 1;
        var targets = _bench.Forge(
            "2.targets.json",
            signed =>
            {
                signed["version"] = 3;
                var delegations = (JsonObject)signed["delegations"]!;
                delegations["roles"]![0]!["keyids"] = MetadataFile.Texts([TufKeyId.Of(other.Key)]);
                delegations["keys"]![TufKeyId.Of(other.Key)] = TufKeyId.ToJson(other.Key);
            },
            _bench.Signers[TufRoles.Targets]
        );
        _bench.Fetcher.Replaced["3.targets.json"] = targets;
        _bench.Fetcher.Replaced["9.snapshot.json"] = _bench.Forge(
            "2.snapshot.json",
            signed =>
            {
                signed["version"] = 9;
                signed["meta"]!["targets.json"] = new JsonObject { ["version"] = 3 };
            },
            _bench.Signers[TufRoles.Snapshot]
        );
        _bench.Fetcher.Replaced["timestamp.json"] = _bench.Forge(
            "timestamp.json",
            signed =>
            {
                signed["version"] = version;
                signed["meta"]!["snapshot.json"] = new JsonObject { ["version"] = 9 };
            },
            _bench.Signers[TufRoles.Timestamp]
        );
        await Refused(TufErrorCode.Signature, () => _bench.FindAsync("a"));
    }

    [Test]
    public async Task An_expired_delegated_role_is_refused_and_not_stored()
    {
        Delegate("d");
        _bench.Repository.AddTarget("a", Content, role: "d");
        _bench.Repository.SetExpiry("d", TufBench.Start);
        _bench.Repository.Publish();
        await Refused(TufErrorCode.Expired, () => _bench.FindAsync("a"));
        Assert.That(_bench.Store.Read("d"), Is.Null);
    }

    [Test]
    public async Task A_cached_role_that_expired_is_replaced_by_a_newer_one()
    {
        Delegate("d");
        _bench.Repository.AddTarget("a", Content, role: "d");
        _bench.Repository.SetExpiry("d", TufBench.Start.AddHours(1));
        _bench.Repository.Publish();
        await _bench.FindAsync("a");
        _bench.Time.Advance(TimeSpan.FromHours(2));
        await Refused(TufErrorCode.Expired, () => _bench.FindAsync("a"));
        _bench.Repository.Touch("d");
        _bench.Repository.Publish();
        Assert.That((await _bench.FindAsync("a")).Role, Is.EqualTo("d"));
    }

    [TestCase("?", "%3F")]
    [TestCase("#", "%23")]
    [TestCase("/delegated", "%2Fdelegated")]
    [TestCase("../delegated", "..%2Fdelegated")]
    [TestCase("é", "%C3%A9")]
    public async Task Unusual_role_names_stay_one_file_name(string role, string encoded)
    {
        Delegate(role);
        _bench.Repository.AddTarget("a", Content, role: role);
        _bench.Repository.Publish();
        var folder = Directory.CreateTempSubdirectory("hwlab-store-");
        try
        {
            var store = new FileTufStore(Path.Combine(folder.FullName, "inner"));
            TufClient.Initialize(store, _bench.Repository.ReadRoot());
            await _bench.Client(store).FindTargetAsync("a", default);
            Assert.Multiple(() =>
            {
                Assert.That(_bench.Fetcher.Requests, Does.Contain($"1.{encoded}.json"));
                Assert.That(Directory.GetFiles(Path.Combine(folder.FullName, "inner")), Has.Length.EqualTo(5));
                Assert.That(Directory.GetFiles(folder.FullName), Is.Empty);
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestCase("root")]
    [TestCase("timestamp")]
    [TestCase("")]
    public async Task A_delegated_role_may_not_take_a_top_level_name(string name)
    {
        Delegate("d");
        _bench.Repository.Publish();
        var targets = _bench.Forge(
            "2.targets.json",
            signed => signed["delegations"]!["roles"]![0]!["name"] = name,
            _bench.Signers[TufRoles.Targets]
        );
        var e = Assert.Throws<TufException>(() => TargetsMetadata.Parse(targets, TufRoles.Targets));
        Assert.That(e!.Code, Is.EqualTo(TufErrorCode.Invalid));
        await Task.CompletedTask;
    }

    [TestCase("*", "a", true)]
    [TestCase("*", "a/b", false)]
    [TestCase("*/*", "a/b", true)]
    [TestCase("a?c", "abc", true)]
    [TestCase("a?c", "a/c", false)]
    [TestCase("*.zip", "x.zip.exe", false)]
    [TestCase("a*b*c", "aXbXbXc", true)]
    [TestCase("a*b*c", "aXbXbX", false)]
    [TestCase("[a-c]x", "bx", true)]
    [TestCase("[!a-c]x", "bx", false)]
    [TestCase("[]x]", "]", true)]
    [TestCase("[x", "[x", true)]
    [TestCase("", "", true)]
    [TestCase("*", "", true)]
    [TestCase("A", "a", false)]
    [TestCase("a**", "a", true)]
    public void Path_patterns_are_those_of_a_shell(string pattern, string path, bool matches) =>
        Assert.That(TufPathPattern.Matches(pattern, path), Is.EqualTo(matches));

    [Test]
    public void A_pattern_made_to_backtrack_ends()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 500)) + "b";
        Assert.That(TufPathPattern.Matches(pattern, new string('a', 2000)), Is.False);
    }

    private void Delegate(string role, string delegator = TufRoles.Targets, bool terminating = false, string[]? paths = null) =>
        _bench.Repository.Delegate(
            new TufDelegationPlan(role, Plan()) { Paths = paths ?? ["*"], Terminating = terminating },
            delegator
        );

    private TufRolePlan Plan() => TufRolePlan.Single(_signer, TimeSpan.FromDays(9));

    private static Task Refused(TufErrorCode code, Func<Task> action) => TufClientTests.RefusedAsync(code, action);
}
