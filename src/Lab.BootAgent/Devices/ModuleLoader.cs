using Lab.BootAgent.Interop;

namespace Lab.BootAgent.Devices;

/// <summary>Loads kernel modules; the kernel unpacks them (CONFIG_MODULE_DECOMPRESS).</summary>
internal static class ModuleLoader
{
    private const nint FinitModule = 273; // arm64; include/uapi/asm-generic/unistd.h
    private const nint CompressedFile = 4; // MODULE_INIT_COMPRESSED_FILE
    private const int Exists = 17;

    /// <summary>Loads the modules in order. One that is loaded already is fine.</summary>
    /// <exception cref="LinuxException">A file is missing or the kernel refused it.</exception>
    public static void Load(IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
            Load(path);
    }

    private static unsafe void Load(string path)
    {
        var descriptor = Libc.Open(path, Libc.OpenReadOnlyCloseOnExec, 0);
        if (descriptor < 0)
            throw LinuxException.Last($"open {path}");
        try
        {
            byte noParameters = 0;
            var flags = ModuleList.IsCompressed(path) ? CompressedFile : 0;
            if (Libc.LoadModule(FinitModule, descriptor, &noParameters, flags) == 0)
                return;
            var error = LinuxException.Last($"load module {path}");
            if (error.Error != Exists)
                throw error;
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }
}
