using Lab.BootAgent.Events;
using Lab.Trust.Tpm;

namespace Lab.BootAgent.Node;

/// <summary>Events that several parts of the node write.</summary>
internal static class NodeEvents
{
    /// <summary>Something is not there yet, and is waited for.</summary>
    public static void Waiting(EventWriter events, string what, string detail) =>
        events.Write(
            "waiting",
            json =>
            {
                json.WriteString("for"u8, what);
                json.WriteString("detail"u8, EventWriter.Shorten(detail));
            }
        );

    /// <summary>The node is not attested.</summary>
    public static void Denied(EventWriter events, Exception error)
    {
        var (code, pcr) = error switch
        {
            DenialException denial => (denial.Code, denial.Pcr),
            HttpRequestException => ("unreachable", null),
            TpmTransportException => ("no-tpm", null),
            _ => ("internal", (int?)null),
        };
        var detail = code == "internal" ? error.ToString() : error.Message;
        events.Write(
            "denied",
            json =>
            {
                json.WriteString("code"u8, EventWriter.Shorten(code));
                json.WriteString("detail"u8, EventWriter.Shorten(detail));
                if (pcr is { } number)
                    json.WriteNumber("pcr"u8, number);
            }
        );
    }
}
