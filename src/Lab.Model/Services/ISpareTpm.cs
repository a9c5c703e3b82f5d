namespace Lab.Model.Services;

/// <summary>Another board's TPM, certified by the same authority, in the hands of the adversary.</summary>
public interface ISpareTpm : IService
{
    /// <summary>Opens it, freshly started, as a stream of TPM 2.0 commands and responses.</summary>
    Task<Stream> OpenAsync(CancellationToken cancellationToken);
}
