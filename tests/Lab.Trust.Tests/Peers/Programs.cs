using NUnit.Framework;

namespace Lab.Trust.Tests.Peers;

/// <summary>Programs of the machine that tests use when they are installed.</summary>
internal static class Programs
{
    /// <summary>The program's path; ignores the test, saying what to install, when it is missing.</summary>
    public static string Require(string name)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        if (path is null)
        {
            Assert.Ignore($"'{name}' is not installed.");
        }
        return path;
    }
}
