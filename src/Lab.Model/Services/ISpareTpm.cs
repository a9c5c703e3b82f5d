namespace Lab.Model.Services;

/// <summary>Another board's TPM, certified by the same authority, in the hands of the adversary.</summary>
public interface ISpareTpm : IService
{
    /// <summary>Powers it on.</summary>
    /// <returns>The path of the Unix socket on which it takes TPM 2.0 commands. It is on until the run ends.</returns>
    Task<string> StartAsync(CancellationToken cancellationToken);
}
