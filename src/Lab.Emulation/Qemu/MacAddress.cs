using System.Security.Cryptography;
using System.Text;

namespace Lab.Emulation.Qemu;

/// <summary>The addresses of virtual boards.</summary>
public static class MacAddress
{
    /// <summary>The same address for the same board of the same rig, in the range that QEMU uses (52:54:00), which is locally administered.</summary>
    public static string For(string rig, string board)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{rig}\0{board}"));
        return $"52:54:00:{hash[0]:x2}:{hash[1]:x2}:{hash[2]:x2}";
    }
}
