namespace Lab.Services.Tests.Netboot;

/// <summary>What a board in a segment saw.</summary>
internal sealed record BoardReport(
    string Address,
    string NextServer,
    string Origin,
    string File,
    string ByTftp,
    string ByHttp,
    int Registry,
    string Timestamp
);
