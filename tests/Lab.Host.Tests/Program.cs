using Lab.Host.Tests.Processes;
using Microsoft.Testing.Platform.Builder;

if (args is ["own", var folder])
    return await OwnerProgram.RunAsync(folder);

var builder = await TestApplication.CreateBuilderAsync(args);
Lab.Host.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions(builder, args);
using var application = await builder.BuildAsync();
return await application.RunAsync();
