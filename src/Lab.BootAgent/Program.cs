using Lab.BootAgent.LinuxBoot;

return await BootProgram.RunAsync(CancellationToken.None);
