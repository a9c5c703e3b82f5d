using System.Net;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Lab.Model.Errors;
using Lab.Services.Git;

namespace Lab.Services.Tests.Git;

/// <summary>The fleet repository, seen with real git over HTTP.</summary>
public sealed class FleetRepositoryTests
{
    [Test]
    public async Task The_seed_is_the_first_signed_commit_and_can_be_cloned_by_anybody()
    {
        await using var lab = new TestLab();
        await using var fleet = await StartAsync(lab);
        var clone = lab.PathOf("clone");
        await GitAsync(lab, "clone", "--quiet", fleet.Url, clone);
        var signature = await GitAsync(lab, "-C", clone, "cat-file", "commit", "HEAD");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await File.ReadAllTextAsync(Path.Combine(clone, "sub/a.yaml")), Is.EqualTo("one"));
            Assert.That(signature, Does.Contain("BEGIN SSH SIGNATURE"));
            Assert.That(fleet.PublicKey, Does.StartWith("ssh-ed25519 "));
            Assert.That((await fleet.GetHeadAsync(default)).Length, Is.EqualTo(40));
        }
    }

    [Test]
    public async Task The_seed_names_the_labs_images_by_digest()
    {
        var pinned = "registry.hwlab/fleet/hello:1@sha256:" + new string('a', 64);
        await using var lab = new TestLab();
        lab.Write("seed/own.yaml", "image: registry.hwlab/fleet/hello:1\r\nimage: \"registry.hwlab/fleet/hello:1\" # \u00e9\n"u8);
        lab.Write(
            "seed/others.yml",
            "- registry.hwlab/fleet/hello:1.2\n- a.registry.hwlab/fleet/hello:1\n- registry.hwlab/fleet/hello:1@sha256:b\n"u8
        );
        lab.Write("seed/README.md", "registry.hwlab/fleet/hello:1\n"u8);
        await using var fleet = await StartAsync(lab, pinned);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await TextAsync("own.yaml"), Is.EqualTo($"image: {pinned}\r\nimage: \"{pinned}\" # \u00e9\n"));
            Assert.That(
                await fleet.ReadAsync("others.yml", default),
                Is.EqualTo(File.ReadAllBytes(lab.PathOf("seed/others.yml")))
            );
            Assert.That(await TextAsync("README.md"), Is.EqualTo("registry.hwlab/fleet/hello:1\n"));
        }

        async Task<string> TextAsync(string path) => Encoding.UTF8.GetString(await fleet.ReadAsync(path, default));
    }

    [Test]
    public async Task A_commit_is_pushed_told_of_and_read_back()
    {
        await using var lab = new TestLab();
        await using var fleet = await StartAsync(lab);
        var pushes = 0;
        fleet.OnPush = () => pushes++;
        var head = await fleet.CommitAsync(Changes(("sub/a.yaml", "two"), ("new", "x")), "Change", signed: true, default);
        var removed = await fleet.CommitAsync(Changes(("new", null)), "Remove", signed: false, default);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(pushes, Is.EqualTo(2));
            Assert.That(await fleet.GetHeadAsync(default), Is.EqualTo(removed).And.Not.EqualTo(head));
            Assert.That(await fleet.ReadAsync("sub/a.yaml", default), Is.EqualTo("two"u8.ToArray()));
            Assert.That(async () => await fleet.ReadAsync("new", default), Throws.InstanceOf<LabException>());
        }
    }

    [Test]
    public async Task History_can_be_rewritten_and_set_back()
    {
        await using var lab = new TestLab();
        await using var fleet = await StartAsync(lab);
        var good = await fleet.CommitAsync(Changes(("a", "1")), "One", signed: true, default);
        var rewritten = await fleet.RewriteAsync(Changes(("a", "2")), "Two", default);
        Assert.That(await fleet.GetHeadAsync(default), Is.EqualTo(rewritten));
        await fleet.ResetAsync(good, default);
        Assert.That(await fleet.GetHeadAsync(default), Is.EqualTo(good));
    }

    [Test]
    public async Task Nobody_pushes_without_the_password()
    {
        await using var lab = new TestLab();
        await using var fleet = await StartAsync(lab);
        var clone = lab.PathOf("clone");
        await GitAsync(lab, "clone", "--quiet", fleet.Url, clone);
        await GitAsync(
            lab,
            "-C",
            clone,
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@test.invalid",
            "commit",
            "--allow-empty",
            "-qm",
            "x"
        );
        var pushed = await Git(lab, "-C", clone, "push", fleet.Url, "HEAD:main")
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
        Assert.That(pushed.ExitCode, Is.Not.Zero);
    }

    [TestCase("/other.git/info/refs?service=git-upload-pack", HttpStatusCode.NotFound)]
    [TestCase("/fleet.git/../secret", HttpStatusCode.NotFound)]
    [TestCase("/fleet.git/%2e%2e/secret", HttpStatusCode.NotFound)]
    [TestCase("/fleet.git/config", HttpStatusCode.NotFound)]
    [TestCase("/fleet.git/info/refs?service=git-receive-pack", HttpStatusCode.Unauthorized)]
    public async Task Only_the_repository_is_served(string path, HttpStatusCode expected)
    {
        await using var lab = new TestLab();
        await using var fleet = await StartAsync(lab);
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(new Uri(fleet.Url).GetLeftPart(UriPartial.Authority) + path));
        Assert.That(answer.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task It_can_be_made_to_refuse_connections_and_to_answer_again()
    {
        await using var lab = new TestLab();
        await using var fleet = await StartAsync(lab);
        await fleet.SetReachableAsync(false, default);
        var refused = await Git(lab, "ls-remote", fleet.Url).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        await fleet.SetReachableAsync(true, default);
        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(await GitAsync(lab, "ls-remote", fleet.Url, "main"), Does.StartWith(await fleet.GetHeadAsync(default)));
    }

    [TestCase("../x")]
    [TestCase("/etc/x")]
    [TestCase(".git/hooks/post-commit")]
    [TestCase("")]
    public async Task Paths_out_of_the_repository_are_refused(string path)
    {
        await using var lab = new TestLab();
        await using var fleet = await StartAsync(lab);
        Assert.That(
            async () => await fleet.CommitAsync(Changes((path, "x")), "x", signed: true, default),
            Throws.InstanceOf<RigException>()
        );
    }

    [Test]
    public async Task Runs_of_a_rig_share_the_key_and_a_rig_without_fleet_is_told()
    {
        await using var lab = new TestLab();
        var first = await SigningKey.OpenAsync(lab.PathOf("key"), default);
        var second = await SigningKey.OpenAsync(lab.PathOf("key"), default);
        Assert.That(second, Is.EqualTo(first));
        Assert.That(
            async () => await FleetRepository.StartAsync(Options(lab) with { SeedFolder = lab.PathOf("nothing") }, default),
            Throws.InstanceOf<RigException>()
        );
    }

    private static Dictionary<string, string?> Changes(params (string Path, string? Content)[] changes) =>
        changes.ToDictionary(change => change.Path, change => change.Content, StringComparer.Ordinal);

    private static FleetRepositoryOptions Options(TestLab lab) =>
        new(lab.PathOf("seed"), lab.PathOf("git"), lab.PathOf("key"), lab.Owner, TimeProvider.System);

    private static Task<FleetRepository> StartAsync(TestLab lab, string? pinned = null)
    {
        lab.Write("seed/sub/a.yaml", "one"u8);
        var images = (pinned is null ? [] : new[] { pinned.Split('@') }).ToDictionary(
            parts => parts[0],
            parts => parts[1],
            StringComparer.Ordinal
        );
        return FleetRepository.StartAsync(Options(lab) with { Images = images }, default);
    }

    private static Command Git(TestLab lab, params string[] arguments) =>
        Cli.Wrap("git")
            .WithArguments(arguments)
            .WithEnvironmentVariables(environment =>
                environment
                    .Set("HOME", lab.Root)
                    .Set("GIT_CONFIG_NOSYSTEM", "1")
                    .Set("GIT_TERMINAL_PROMPT", "0")
                    .Set("GIT_ASKPASS", "/bin/false")
            );

    private static async Task<string> GitAsync(TestLab lab, params string[] arguments) =>
        (await Git(lab, arguments).ExecuteBufferedAsync(Encoding.UTF8)).StandardOutput.Trim();
}
