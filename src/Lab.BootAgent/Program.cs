using Lab.BootAgent.LinuxBoot;
using Lab.BootAgent.Node;

return args switch
{
    ["attest"] => await NodeProgram.RunAsync(CancellationToken.None),
    ["node"] => await ClusterNode.RunAsync(CancellationToken.None),
    _ => await BootProgram.RunAsync(CancellationToken.None),
};
