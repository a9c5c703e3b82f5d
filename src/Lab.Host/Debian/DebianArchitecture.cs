using System.Runtime.InteropServices;
using Lab.Model.Errors;

namespace Lab.Host.Debian;

/// <summary>Names of architectures in Debian's words, which are also Go's for those the lab runs on.</summary>
public static class DebianArchitecture
{
    /// <summary>What boards are.</summary>
    public const string Board = "arm64";

    /// <summary>What this machine is.</summary>
    /// <exception cref="LabException">It is neither amd64 nor arm64.</exception>
    public static string Host =>
        RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "amd64",
            Architecture.Arm64 => "arm64",
            var other => throw new LabException(
                $"the lab does not run on {other}",
                "this machine",
                "use a machine of amd64 or arm64"
            ),
        };
}
