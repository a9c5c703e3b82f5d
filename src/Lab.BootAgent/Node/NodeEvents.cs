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

    /// <summary>
    /// Whether another try may go better: a service that does not answer, or a TPM that did not in its time (emulated ones on a loaded
    /// host do not, now and then).
    /// </summary>
    public static bool IsPassing(Exception error) => error is HttpRequestException or TpmTransportException or TpmException;

    /// <summary>The code of what ended the node's trust.</summary>
    public static string CodeOf(Exception error) =>
        error switch
        {
            DenialException denial => denial.Code,
            HttpRequestException => "unreachable",
            TpmTransportException => "no-tpm",
            _ => "internal",
        };

    /// <summary>The node is not attested.</summary>
    public static void Denied(EventWriter events, Exception error)
    {
        var code = CodeOf(error);
        var pcr = (error as DenialException)?.Pcr;
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
