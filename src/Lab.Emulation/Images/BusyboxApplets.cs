namespace Lab.Emulation.Images;

/// <summary>The names under which the target offers busybox.</summary>
internal static class BusyboxApplets
{
    /// <summary>In <c>/usr/bin</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        "[ ash awk base64 basename cat chmod chown clear cmp cp cut date dd df diff dirname dmesg du echo env expr false find free grep gunzip gzip head hexdump hostname id kill killall less ln ls md5sum mkdir mknod mktemp more mount mv nc nslookup od pidof ping printf ps pwd readlink realpath reset rm rmdir sed seq sh sha256sum sleep sort stat strings stty sync tail tar tee test time timeout top touch tr true tty umount uname uniq uptime vi watch wc wget which xargs xxd yes zcat".Split(
            ' '
        );

    /// <summary>In <c>/usr/sbin</c>.</summary>
    public static IReadOnlyList<string> SystemNames { get; } =
        "halt ifconfig init insmod ip lsmod poweroff reboot rmmod route sysctl udhcpc".Split(' ');
}
