using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Lab.Services.Hosting;

/// <summary>
/// The one way in for changes: a port of its own at which every request must carry the run's credential. A board on QEMU's user network
/// reaches all of the host's loopback ports, so where a connection comes from says nothing; a segment does not reach this port at all.
/// </summary>
internal sealed class PublisherDoor(PublisherCredential credential)
{
    private readonly object _mark = new Mark();

    /// <summary>Whether a request came in here; it then has the credential.</summary>
    public static bool IsUsedBy(HttpContext context) => context.Features.Get<Mark>() is not null;

    /// <summary>Marks what connects to a listener as having come in here.</summary>
    public void Attach(ListenOptions listen) =>
        listen.Use(next =>
            connection =>
            {
                connection.Features[typeof(Mark)] = _mark;
                return next(connection);
            }
        );

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsUsedBy(context) || credential.IsIn(context.Request.Headers.Authorization))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        // The challenge is what makes registry clients send the login they were given.
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"the rig's registry, for publishers\", charset=\"UTF-8\"";
        await context.Response.WriteAsync(
            """{"errors":[{"code":"UNAUTHORIZED","message":"this port is for publishers: log in with the run's credential"}]}""",
            context.RequestAborted
        );
    }

    private sealed class Mark;
}
