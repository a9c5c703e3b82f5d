using System.Text;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.Tests.GitOps;

/// <summary>Signatures by the real ssh-keygen and gpg on commits of real git.</summary>
public sealed class SignatureVerifierTests
{
    [TestCase("ed25519")]
    [TestCase("ecdsa")]
    public async Task A_commit_signed_by_a_trusted_SSH_key_is_verified(string type)
    {
        using var repository = await TestRepository.CreateAsync();
        var (settings, key) = await repository.NewSshKeyAsync("owner", type);
        var commit = await repository.CommitAsync("a", "1", settings);
        await repository.FetchAsync();
        Assert.That(
            await repository.VerifyAsync(SignedObject.Commit(commit), ("fleet.pub", key)),
            Does.StartWith("fleet.pub with ")
        );
    }

    [Test]
    public async Task A_commit_signed_by_another_SSH_key_is_refused()
    {
        using var repository = await TestRepository.CreateAsync();
        var (_, trusted) = await repository.NewSshKeyAsync("owner");
        var (settings, _) = await repository.NewSshKeyAsync("intruder");
        var commit = await repository.CommitAsync("a", "1", settings);
        await repository.FetchAsync();
        Assert.That(
            async () => await repository.VerifyAsync(SignedObject.Commit(commit), ("owner.pub", trusted)),
            Throws
                .InstanceOf<SourceException>()
                .With.Message.EqualTo($"signature verification of commit '{commit}' failed: signed by a key that is not trusted")
        );
    }

    [Test]
    public async Task An_unsigned_commit_is_refused()
    {
        using var repository = await TestRepository.CreateAsync();
        var (_, trusted) = await repository.NewSshKeyAsync("owner");
        var commit = await repository.CommitAsync("a", "1");
        await repository.FetchAsync();
        Assert.That(
            async () => await repository.VerifyAsync(SignedObject.Commit(commit), ("owner.pub", trusted)),
            Throws.InstanceOf<SourceException>().With.Message.EndsWith("it is not signed")
        );
    }

    [Test]
    public async Task Without_any_key_nothing_is_verified()
    {
        using var repository = await TestRepository.CreateAsync();
        var (settings, _) = await repository.NewSshKeyAsync("owner");
        var commit = await repository.CommitAsync("a", "1", settings);
        await repository.FetchAsync();
        Assert.That(async () => await repository.VerifyAsync(SignedObject.Commit(commit)), Throws.InstanceOf<SourceException>());
    }

    [Test]
    public async Task A_commit_whose_content_was_changed_under_its_signature_is_refused()
    {
        using var repository = await TestRepository.CreateAsync();
        var (settings, key) = await repository.NewSshKeyAsync("owner");
        var good = await repository.CommitAsync("a", "1", settings);
        await repository.CommitAsync("a", "2");
        // The good signature, put onto another tree.
        var raw = await repository.GitAsync("cat-file", "commit", good);
        var tree = await repository.GitAsync("rev-parse", "HEAD^{tree}");
        var forged = Path.Combine(repository.Root, "forged");
        await File.WriteAllTextAsync(forged, $"tree {tree}\n{raw[(raw.IndexOf('\n') + 1)..]}\n");
        var id = await repository.GitAsync("hash-object", "-t", "commit", "-w", forged);
        await repository.GitAsync("reset", "--quiet", "--hard", id);
        await repository.FetchAsync();
        Assert.That(
            async () => await repository.VerifyAsync(SignedObject.Commit(id), ("owner.pub", key)),
            Throws.InstanceOf<SourceException>().With.Property(nameof(SourceException.Reason)).EqualTo("InvalidCommitSignature")
        );
    }

    [Test]
    public async Task A_signature_for_files_is_none_for_commits()
    {
        using var repository = await TestRepository.CreateAsync();
        var (settings, key) = await repository.NewSshKeyAsync("owner");
        var commit = await repository.CommitAsync("a", "1", settings);
        await repository.FetchAsync();
        var line = Encoding.ASCII.GetBytes($"owner namespaces=\"file\" {Encoding.ASCII.GetString(key)}");
        Assert.That(
            async () => await repository.VerifyAsync(SignedObject.Commit(commit), ("allowed_signers", line)),
            Throws.InstanceOf<SourceException>()
        );
    }

    [Test]
    public async Task OpenPGP_commits_and_tags_are_verified_and_those_of_others_refused()
    {
        using var repository = await TestRepository.CreateAsync();
        var (settings, key) = await repository.NewPgpKeyAsync("owner@test.invalid");
        var (intruders, _) = await repository.NewPgpKeyAsync("intruder@test.invalid");
        var commit = await repository.CommitAsync("a", "1", settings);
        await repository.GitAsync([.. settings, "tag", "-s", "-m", "one", "v1.0.0"]);
        var checkout = await repository.FetchAsync(new GitReference(null, "v1.0.0", null, null, null));
        var signer = await repository.VerifyAsync(SignedObject.Commit(commit), ("owner.asc", key));
        var tagger = await repository.VerifyAsync(SignedObject.Tag(checkout.TagObject!, "v1.0.0"), ("owner.asc", key));
        var foreign = await repository.CommitAsync("a", "2", intruders);
        await repository.FetchAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(signer, Does.Match("^[0-9A-F]{40}$"));
            Assert.That(tagger, Is.EqualTo(signer));
            Assert.That(
                async () => await repository.VerifyAsync(SignedObject.Commit(foreign), ("owner.asc", key)),
                Throws.InstanceOf<SourceException>().With.Message.EndsWith("signed by a key that is not trusted")
            );
        }
    }
}
