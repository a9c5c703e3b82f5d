namespace Lab.Services.Admission;

/// <summary>The codes of <see cref="Model.Services.CertificateDecision"/>; also the reasons of the conditions in the API.</summary>
internal static class DecisionCodes
{
    public const string Approved = "approved";
    public const string NotAttested = "not-attested";
    public const string ForeignToken = "foreign-token";
    public const string ForeignKey = "foreign-key";
    public const string TokenUsed = "token-used";
    public const string RequestShape = "request-shape";
    public const string Unauthorized = "unauthorized";
}
