namespace Lab.Testing.Fakes;

/// <summary>A device that speaks HTTP.</summary>
internal interface IHttpFake
{
    HttpFakeAnswer Answer(HttpFakeRequest request);
}
