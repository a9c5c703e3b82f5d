using Lab.Model.Errors;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;
using Lab.Trust.Prediction;
using Lab.Trust.Tpm;
using Lab.Trust.Tuf;

namespace Lab.Controller.Commands;

/// <summary>The trust library knows nothing of the lab and has errors of its own; here they become the lab's.</summary>
internal static class TrustErrors
{
    /// <summary>Runs something of the trust library's.</summary>
    /// <exception cref="RigException">What it was given cannot be used.</exception>
    /// <exception cref="LabException">The TPM cannot be reached or refuses.</exception>
    public static TResult Translate<TResult>(string where, Func<TResult> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception)
            when (exception
                    is TufException
                        or EventLogException
                        or PredictionException
                        or ReferenceValuesException
                        or EvidenceException
                        or StatementException
                        or TpmFormatException
                        or FormatException
            )
        {
            throw new RigException(exception.Message, where, inner: exception);
        }
        catch (Exception exception) when (exception is TpmException or TpmTransportException)
        {
            throw new LabException(
                exception.Message,
                where,
                "see that the TPM is there and that this user may use it",
                exception
            );
        }
    }

    /// <summary>Reads a file that the user named.</summary>
    /// <exception cref="RigException">It cannot be read.</exception>
    public static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RigException(exception.Message, file, inner: exception);
        }
    }
}
