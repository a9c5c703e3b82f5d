using CliWrap.Buffered;
using Lab.Model.Errors;
using NUnit.Framework;

namespace Lab.Trust.Tests.Peers;

/// <summary>TUF's reference implementation, as a peer of tests.</summary>
internal static class PythonTuf
{
    /// <summary>Runs a script that may import tuf; ignores the test where python3-tuf cannot be had.</summary>
    public static async Task<BufferedCommandResult> RunAsync(string script, params string[] arguments)
    {
        try
        {
            var path = await PythonTufPackage.FindAsync(default);
            return await PythonTufPackage.RunAsync(path, script, arguments, default);
        }
        catch (LabException exception)
        {
            Assert.Ignore($"python3-tuf cannot be had: {exception.Message}");
            throw;
        }
    }
}
