using System.Text;
using Lab.Trust.Tests.Peers;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;
using NUnit.Framework;

namespace Lab.Trust.Tests.Tuf;

/// <summary>What we publish, read by a client that others wrote.</summary>
[Category("RealPeers")]
public sealed class TufPeerTests
{
    private const string Python = """
        import json, sys
        from tuf.ngclient import Updater
        metadata_dir, base, name = sys.argv[1:]
        updater = Updater(metadata_dir, base + "/", metadata_dir, base + "/")
        try:
            updater.refresh()
            target = updater.get_targetinfo(name)
        except Exception as error:
            sys.exit(type(error).__name__ + ": " + str(error))
        print(json.dumps(target.to_dict() if target else None, separators=(",", ":")))
        """;

    private const string Script = """
        const { Updater } = require('tuf-js');
        const [metadataDir, base, name] = process.argv.slice(1);
        (async () => {
          const updater = new Updater({ metadataDir, metadataBaseUrl: base, targetDir: metadataDir, targetBaseUrl: base });
          await updater.refresh();
          const target = await updater.getTargetInfo(name);
          console.log(JSON.stringify(target ? { length: target.length, hashes: target.hashes, custom: target.custom } : null));
        })().catch(e => { console.error(e.constructor.name + ': ' + e.message); process.exit(1); });
        """;

    private DirectoryInfo _folder = null!;
    private TufBench _bench = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("hwlab-peer-");
        _bench = new TufBench(keys: 3, threshold: 2);
        // The peer has a clock of its own.
        _bench.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
        File.WriteAllBytes(Path.Combine(_folder.FullName, "root.json"), _bench.Repository.ReadRoot());
    }

    [TearDown]
    public void TearDown()
    {
        _bench.Dispose();
        _folder.Delete(recursive: true);
    }

    [Test]
    public async Task A_peer_accepts_what_I_publish([Values] Peer peer)
    {
        Publish();
        var output = await AskAsync(peer, "os/edge-node");
        Assert.That(output, Does.Contain("\"oci\":{\"repository\":\"edge-node\"}"));
    }

    [Test]
    public async Task A_peer_follows_my_rotations_and_delegations([Values] Peer peer)
    {
        var signer = EcdsaTufSigner.Create();
        _bench.Repository.AddSigner(signer);
        foreach (var role in TufRoles.TopLevel)
        {
            _bench.Repository.Rotate(role, TufRolePlan.Single(signer, TimeSpan.FromDays(2)));
            _bench.Repository.Publish();
        }
        _bench.Repository.Delegate(
            new TufDelegationPlan("lab/é", TufRolePlan.Single(signer, TimeSpan.FromDays(2))) { Paths = ["os/*"] }
        );
        Publish("lab/é");
        Assert.That(await AskAsync(peer, "os/edge-node"), Does.Contain("edge-node"));
    }

    [Test]
    public async Task A_peer_refuses_what_I_publish_for_attacks([Values] Peer peer)
    {
        Publish();
        await AskAsync(peer, "os/edge-node");
        _bench.Repository.SetExpiry(TufRoles.Timestamp, TimeProvider.System.GetUtcNow().AddDays(-1));
        _bench.Repository.Publish();
        var result = await RunAsync(peer, "os/edge-node");
        Assert.That(result.StandardError, Does.Contain("ExpiredMetadataError"));
    }

    private void Publish(string role = TufRoles.Targets)
    {
        _bench.Repository.AddOciTarget("os/edge-node", "edge-node", Encoding.UTF8.GetBytes("{}"), role);
        foreach (var name in TufRoles.TopLevel)
        {
            _bench.Repository.Touch(name);
        }
        _bench.Repository.Publish();
    }

    private async Task<string> AskAsync(Peer peer, string target)
    {
        var result = await RunAsync(peer, target);
        Assert.That(result.ExitCode, Is.Zero, result.StandardError);
        return result.StandardOutput;
    }

    private async Task<CliWrap.Buffered.BufferedCommandResult> RunAsync(Peer peer, string target)
    {
        await using var server = await TufHttpTests.ServeAsync(_bench.Folder);
        var metadata = new Uri(server.Address, "metadata").AbsoluteUri;
        return peer == Peer.TufJs
            ? await TufJs.RunAsync(Script, _folder.FullName, metadata, target)
            : await PythonTuf.RunAsync(Python, _folder.FullName, metadata, target);
    }

    public enum Peer
    {
        TufJs,
        PythonTuf,
    }
}
