using System.Security.Cryptography.X509Certificates;
using Lab.Emulation.Tpm;
using Lab.Host.Machine;
using Lab.Services.Attestation;
using Lab.Services.Hosting;
using Lab.Trust.Attestation;
using Microsoft.Extensions.Time.Testing;

namespace Lab.Services.Tests.Attestation;

/// <summary>The service behind real HTTP, and a rig's authority.</summary>
internal sealed class TestAttestation : IAsyncDisposable
{
    private readonly BoardServiceHost _host;

    private TestAttestation(
        TestLab lab,
        EndorsementAuthority authority,
        AttestationService service,
        BoardServiceHost host,
        FakeTimeProvider time,
        StatementSigner signer
    )
    {
        Lab = lab;
        Authority = authority;
        Service = service;
        Time = time;
        Signer = signer;
        _host = host;
        Client = new HttpClient { BaseAddress = host.HostOrigin };
    }

    public static byte[] Secret { get; } = TestLab.Noise(32);

    public TestLab Lab { get; }

    public EndorsementAuthority Authority { get; }

    public AttestationService Service { get; }

    public HttpClient Client { get; }

    public FakeTimeProvider Time { get; }

    public StatementSigner Signer { get; }

    public string EvidenceFolder => Lab.PathOf("evidence");

    public static async Task<TestAttestation> StartAsync(
        AttestationLimits? limits = null,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? boards = null,
        ISecretSource? source = null
    )
    {
        foreach (var tool in new[] { "swtpm", "swtpm_setup" })
        {
            if (HostTools.Find(tool) is null)
                Assert.Ignore($"{tool} is not installed");
        }
        var lab = new TestLab();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(1));
        var authority = await EndorsementAuthority.OpenAsync(lab.RigState, "test", TimeProvider.System, CancellationToken.None);
        var roots = new X509Certificate2Collection(X509CertificateLoader.LoadCertificate(authority.Certificate.Span));
        var signer = StatementSigner.Create();
        var options = new AttestationOptions(
            TestBoard.Reference,
            new EndorsementTrust(roots),
            source ?? new FixedSecret(Secret),
            lab.PathOf("evidence")
        )
        {
            Limits = limits ?? new AttestationLimits(),
            Boards = boards,
            Signer = signer,
        };
        var service = new AttestationService(options, time);
        var host = await BoardServiceHost.StartAsync(
            new AttestationEndpoints(service).Map,
            lab.PathOf("http.jsonl"),
            null,
            new BoardServiceLimits(),
            TimeProvider.System,
            CancellationToken.None
        );
        return new TestAttestation(lab, authority, service, host, time, signer);
    }

    public Task<TestBoard> BoardAsync(string name, string kernel = "kernel") =>
        TestBoard.StartAsync(Lab, Authority, name, kernel);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
        Service.Dispose();
        Signer.Dispose();
        await Lab.DisposeAsync();
    }
}
