namespace Lab.Trust.Tuf;

/// <summary>Reads files of a TUF repository from an untrusted place.</summary>
public interface ITufFetcher
{
    /// <summary>Copies one file to <paramref name="destination"/>.</summary>
    /// <param name="path">Relative URL path, already percent-encoded, without leading slash.</param>
    /// <param name="destination">Receives the bytes; its content is meaningless unless <c>true</c> is returned.</param>
    /// <param name="maximumLength">In bytes. A longer file is an error as soon as that is known.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <returns><c>false</c> when the repository says that there is no such file.</returns>
    /// <exception cref="TufException"><see cref="TufErrorCode.FetchFailed"/>; <see cref="TufErrorCode.Invalid"/> when too long.</exception>
    Task<bool> FetchAsync(string path, Stream destination, long maximumLength, CancellationToken cancellationToken);
}
