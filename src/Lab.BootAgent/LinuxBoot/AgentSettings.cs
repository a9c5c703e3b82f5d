using System.Globalization;
using System.Text.Json;

namespace Lab.BootAgent.LinuxBoot;

/// <summary>What the image's builder decided: <c>/etc/hwlab/agent.json</c>.</summary>
/// <param name="Target">The TUF target to boot, for example <c>os/edge-node</c>.</param>
/// <param name="OnFailure">What a refused boot does next.</param>
/// <param name="NotBefore">No clock earlier than this is believed.</param>
internal sealed record AgentSettings(string Target, OnFailure OnFailure, DateTimeOffset NotBefore)
{
    /// <summary>Reads the settings: every key is needed, no other is known.</summary>
    /// <exception cref="FormatException">Something is missing, unknown or of the wrong kind.</exception>
    public static AgentSettings Parse(ReadOnlySpan<byte> json)
    {
        string? target = null;
        OnFailure? onFailure = null;
        DateTimeOffset? notBefore = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new FormatException("not a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.GetString();
                if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                    throw new FormatException($"'{key}' is not a string");
                var value = reader.GetString()!;
                switch (key)
                {
                    case "target":
                        target = value;
                        break;
                    case "onFailure":
                        onFailure = ParseOnFailure(value);
                        break;
                    case "notBefore":
                        notBefore = ParseTime(value);
                        break;
                    default:
                        throw new FormatException($"unknown key '{key}'");
                }
            }
        }
        catch (JsonException error)
        {
            throw new FormatException(error.Message, error);
        }

        return new AgentSettings(
            string.IsNullOrEmpty(target) ? throw new FormatException("no 'target'") : target,
            onFailure ?? throw new FormatException("no 'onFailure'"),
            notBefore ?? throw new FormatException("no 'notBefore'")
        );
    }

    private static OnFailure ParseOnFailure(string value) =>
        value switch
        {
            "poweroff" => OnFailure.PowerOff,
            "retry" => OnFailure.Retry,
            _ => throw new FormatException($"'onFailure' is '{value}', not 'poweroff' or 'retry'"),
        };

    private static DateTimeOffset ParseTime(string value) =>
        DateTimeOffset.TryParse(
            value,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : throw new FormatException($"'notBefore' is '{value}', not a time");
}
