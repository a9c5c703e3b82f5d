using Lab.Services.Tests.Cluster;
using Lab.Services.Tests.Netboot;
using Microsoft.Testing.Platform.Builder;

if (args is ["board", var device, var mac])
    return await BoardProgram.RunAsync(device, mac);
if (args is ["cluster", var root])
    return await ClusterProgram.RunAsync(root);

var builder = await TestApplication.CreateBuilderAsync(args);
Lab.Services.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions(builder, args);
using var application = await builder.BuildAsync();
return await application.RunAsync();
