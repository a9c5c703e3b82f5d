using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lab.Services.Netboot;

/// <summary><c>/files/NAME</c>: the boot files by HTTP.</summary>
internal sealed class FileEndpoints(NetbootFiles files)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods(
            "/files/{name}",
            [HttpMethods.Get, HttpMethods.Head],
            (string name) =>
                files.Find(name) is { } path
                    ? Results.File(path, "application/octet-stream", enableRangeProcessing: true)
                    : Results.NotFound()
        );
}
