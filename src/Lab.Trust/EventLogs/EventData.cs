using System.Text;

namespace Lab.Trust.EventLogs;

/// <summary>
/// Event data in a form for people and policies. It is not covered by any signature: only where a digest is one of the data itself does
/// replay vouch for it.
/// </summary>
public abstract record EventData
{
    /// <summary>One line for a person.</summary>
    public abstract string Describe();

    /// <summary>Decodes an event's data. Never throws: what does not fit its type becomes <see cref="RawEventData"/> with the reason.</summary>
    public static EventData Decode(LogEvent logged)
    {
        ArgumentNullException.ThrowIfNull(logged);
        try
        {
            return logged.Type switch
            {
                LogEventType.NoAction => DecodeNoAction(logged.Data),
                LogEventType.Separator => SeparatorEventData.Read(logged.Data),
                LogEventType.EventTag => TaggedEventData.Read(logged.Data),
                LogEventType.Action or LogEventType.EfiAction or LogEventType.Ipl => DecodeText(logged.Data),
                LogEventType.PostCode or LogEventType.SCrtmVersion or LogEventType.OmitBootDeviceEvents => DecodeText(
                    logged.Data
                ),
                LogEventType.EfiVariableDriverConfig
                or LogEventType.EfiVariableBoot
                or LogEventType.EfiVariableBoot2
                or LogEventType.EfiVariableAuthority => VariableEventData.Read(logged.Data),
                LogEventType.EfiBootServicesApplication
                or LogEventType.EfiBootServicesDriver
                or LogEventType.EfiRuntimeServicesDriver => ImageLoadEventData.Read(logged.Data),
                LogEventType.EfiGptEvent or LogEventType.EfiGptEvent2 => GptEventData.Read(logged.Data),
                LogEventType.EfiPlatformFirmwareBlob => FirmwareBlobEventData.Read(logged.Data, isNamed: false),
                LogEventType.EfiPlatformFirmwareBlob2 => FirmwareBlobEventData.Read(logged.Data, isNamed: true),
                _ => new RawEventData(logged.Data, Problem: null),
            };
        }
        catch (EventLogException e)
        {
            return new RawEventData(logged.Data, e.Problem);
        }
    }

    private static EventData DecodeNoAction(ReadOnlyMemory<byte> data) =>
        data.Length == EventLogParser.SignatureSize + 1 && data.Span.StartsWith("StartupLocality\0"u8)
            ? new StartupLocalityEventData(data.Span[^1])
            : new RawEventData(data, Problem: null);

    private static EventData DecodeText(ReadOnlyMemory<byte> data) =>
        FindText(data.Span) is { } text ? new TextEventData(text) : new RawEventData(data, Problem: null);

    /// <summary>UTF-16 as systemd-stub writes it, or UTF-8 as everybody else does; null for what is neither.</summary>
    private static string? FindText(ReadOnlySpan<byte> data)
    {
        var isWide = data.Length >= 2 && data.Length % 2 == 0 && data[0] != 0 && data[1] == 0;
        Encoding encoding = isWide
            ? new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true)
            : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        try
        {
            var text = encoding.GetString(data).TrimEnd('\0');
            return text.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
