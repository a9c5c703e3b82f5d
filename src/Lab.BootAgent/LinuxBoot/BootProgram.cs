using Lab.BootAgent.Devices;
using Lab.BootAgent.Events;
using Lab.BootAgent.Network;

namespace Lab.BootAgent.LinuxBoot;

internal static class BootProgram
{
    public static async Task<int> RunAsync()
    {
        var console = new ConsoleDevice();
        var events = new EventWriter(console.Write, "linuxboot");
        try
        {
            FileSystems.Mount();
            console.OpenConsole();
            events.Write("started", json => json.WriteString("version", "0"));
            ModuleLoader.Load(ModuleList.Parse(File.ReadAllText("/etc/hwlab/modules")));
            var device = NetworkInterface.FindEthernet()!;
            device.BringUp();
            var lease = await new DhcpClient(TimeProvider.System).AcquireAsync(device, TimeSpan.FromSeconds(30), default);
            device.Configure(lease);
            events.Write(
                "network",
                json =>
                {
                    json.WriteString("address", lease.Address.ToString());
                    json.WriteString("services", lease.Services);
                }
            );
        }
        catch (Exception e)
        {
            events.Refused(RefusalCode.Internal, e.ToString());
        }
        Machine.PowerOff();
        return 1;
    }
}
