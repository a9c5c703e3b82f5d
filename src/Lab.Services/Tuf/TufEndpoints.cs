using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lab.Services.Tuf;

/// <summary><c>/tuf/metadata/N.role.json</c> and <c>timestamp.json</c>: consistent snapshots, TUF specification 6.</summary>
internal sealed partial class TufEndpoints(Func<string, ReadOnlyMemory<byte>?> find)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods(
            "/tuf/metadata/{name}",
            [HttpMethods.Get, HttpMethods.Head],
            (string name) =>
                MetadataName().IsMatch(name) && find(name) is { } content
                    ? Results.Bytes(content, "application/json")
                    : Results.NotFound()
        );

    [GeneratedRegex(
        @"\A(timestamp|[1-9][0-9]{0,9}\.[A-Za-z0-9%._-]{1,128})\.json\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex MetadataName();
}
