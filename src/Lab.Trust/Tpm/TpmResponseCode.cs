namespace Lab.Trust.Tpm;

/// <summary>TPM_RC: what the TPM answered, taken apart as Part 2, 6.6 says.</summary>
/// <param name="Value">The 32-bit number on the wire; 0 is success.</param>
public readonly record struct TpmResponseCode(uint Value)
{
    private const uint FormatOneBit = 0x080;
    private const uint ParameterBit = 0x040;
    private const uint SessionBit = 0x800;

    /// <summary>The code without the number of the handle, session or parameter it concerns.</summary>
    public uint Base => IsFormatOne ? Value & 0x0BF : Value;

    /// <summary>Whether the command was carried out.</summary>
    public bool IsSuccess => Value == 0;

    /// <summary>Whether the same command may simply be sent again: TPM_RC_RETRY, TPM_RC_TESTING and TPM_RC_YIELDED.</summary>
    public bool IsRetry => Value is 0x922 or 0x90A or 0x908;

    /// <summary>The specification's name, such as TPM_RC_AUTH_FAIL; "TPM_RC_0x…" for a number that it does not name.</summary>
    public string Name => TpmResponseNames.Find(Base)?.Name ?? $"TPM_RC_0x{Base:X3}";

    /// <summary>Which parameter, session or handle the code is about ("parameter 2"), or null when it does not say.</summary>
    public string? Subject
    {
        get
        {
            if (!IsFormatOne)
            {
                return null;
            }

            var number = (Value >> 8) & 0xF;
            if ((Value & ParameterBit) != 0)
            {
                return number == 0 ? "a parameter" : $"parameter {number}";
            }

            var kind = (Value & SessionBit) != 0 ? "session" : "handle";
            return (number & 7) == 0 ? null : $"{kind} {number & 7}";
        }
    }

    private bool IsFormatOne => Value < 0x1000 && (Value & FormatOneBit) != 0;

    /// <summary>Name, number, subject and meaning in one line.</summary>
    public override string ToString()
    {
        var subject = Subject is { } known ? $", {known}" : "";
        var meaning = TpmResponseNames.Find(Base)?.Meaning is { } text ? $": {text}" : "";
        return $"{Name} (0x{Value:X3}{subject}){meaning}";
    }
}
