using Lab.BootAgent.LinuxBoot;
using Lab.BootAgent.Node;

return args is ["attest"]
    ? await NodeProgram.RunAsync(CancellationToken.None)
    : await BootProgram.RunAsync(CancellationToken.None);
