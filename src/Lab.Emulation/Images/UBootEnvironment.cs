using System.Buffers.Binary;
using System.Text;

namespace Lab.Emulation.Images;

/// <summary>
/// U-Boot's persistent environment in the second flash bank of QEMU's arm64 <c>virt</c> board: a little-endian CRC-32
/// and NUL-terminated <c>name=value</c> strings in the first 256 KiB (CONFIG_ENV_SIZE of qemu_arm64_defconfig).
/// </summary>
internal static class UBootEnvironment
{
    /// <summary>Size of the environment in bytes, its checksum included.</summary>
    public const int Size = 0x40000;

    /// <summary>Size of one flash bank of the <c>virt</c> machine in bytes.</summary>
    public const long FlashSize = 64 << 20;

    /// <summary>Where U-Boot loads the image that it starts.</summary>
    public const string LoadAddress = "0x40400000";

    /// <summary>The environment's bytes: variables in ordinal order of their names.</summary>
    /// <exception cref="ArgumentException">A name or value holds a NUL or a name holds '=', or it is too long.</exception>
    public static byte[] Encode(IReadOnlyDictionary<string, string> variables)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in variables.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny('\0', '=') || value.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{name}' cannot be a variable of U-Boot.", nameof(variables));
            }

            text.Append(name).Append('=').Append(value).Append('\0');
        }

        byte[] content = Encoding.ASCII.GetBytes(text.ToString());
        if (content.Length > Size - 5)
        {
            throw new ArgumentException("U-Boot's environment has no room for these variables.", nameof(variables));
        }

        byte[] image = new byte[Size];
        content.CopyTo(image, 4);
        BinaryPrimitives.WriteUInt32LittleEndian(image, Crc32(image.AsSpan(4)));
        return image;
    }

    /// <summary>The variables that make a board netboot by itself: DHCP, TFTP of the DHCP boot file, EFI start.</summary>
    /// <param name="macAddress">The board's address, six octets in hexadecimal with colons.</param>
    /// <param name="bootArguments">Load options for the image; null for none.</param>
    public static IReadOnlyDictionary<string, string> Netboot(string macAddress, string? bootArguments = null)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal)
        {
            ["autoload"] = "no",
            // -2: no count-down and no way to stop it by a key.
            ["bootdelay"] = "-2",
            ["bootcmd"] =
                "dhcp && tftpboot $kernel_addr_r $bootfile && bootefi $kernel_addr_r:$filesize $fdtcontroladdr; poweroff",
            ["ethaddr"] = macAddress,
            ["kernel_addr_r"] = LoadAddress,
        };
        if (bootArguments is not null)
        {
            variables["bootargs"] = bootArguments;
        }

        return variables;
    }

    /// <summary>Writes the whole flash bank as a sparse file of 64 MiB, in one step (a reader sees all or nothing).</summary>
    public static async Task WriteFlashAsync(string path, byte[] environment, CancellationToken cancellationToken)
    {
        string temporary = path + ".new";
        await using (FileStream file = File.Create(temporary))
        {
            await file.WriteAsync(environment, cancellationToken);
            file.SetLength(FlashSize);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
            }
        }

        return ~crc;
    }
}
