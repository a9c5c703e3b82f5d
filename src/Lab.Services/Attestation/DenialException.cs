using Lab.Trust.Attestation;

namespace Lab.Services.Attestation;

/// <summary>A request that is answered with a denial.</summary>
internal sealed class DenialException(int status, string code, string detail, int? pcr = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public int? Pcr { get; } = pcr;

    public static DenialException Of(Denial denial) => new(403, denial.Code, denial.Detail, denial.Pcr);

    public static DenialException Session(string detail) => new(403, DenialCodes.Session, detail);

    public static DenialException Malformed(string detail) => new(400, DenialCodes.Limits, detail);

    public static DenialException TooLarge(int limit) => new(413, DenialCodes.Limits, $"a request here may have {limit} bytes");

    /// <summary>The lab cannot release anything now; the board may come again.</summary>
    public static DenialException Unavailable(string detail) => new(503, "unavailable", detail);

    public static DenialException TooMany(string detail) => new(429, DenialCodes.Limits, detail);
}
