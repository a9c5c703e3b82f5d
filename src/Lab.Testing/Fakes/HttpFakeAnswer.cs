namespace Lab.Testing.Fakes;

/// <summary>What a fake HTTP server answers.</summary>
internal sealed record HttpFakeAnswer(int Status, string Body, string? Header = null)
{
    public static HttpFakeAnswer Ok(string body) => new(200, body);
}
