using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace Lab.Services.Hosting;

internal sealed class RequestRecorder(RequestLog log, TimeProvider time)
{
    private const int LongestTarget = 512;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var startedAt = time.GetUtcNow();
        var started = time.GetTimestamp();
        var body = new CountingBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        context.Features.Set<IHttpResponseBodyFeature>(body);
        string? error = null;
        try
        {
            await next(context);
            await body.FlushAsync();
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            error = $"{exception.GetType().Name}: {exception.Message}";
            if (context.Response.HasStarted)
                context.Abort();
            else
                context.Response.StatusCode = exception is BadHttpRequestException bad ? bad.StatusCode : 500;
        }
        catch (Exception)
        {
            // The client went away: whatever its handler ran into then is no news.
        }
        finally
        {
            var target = context.Request.GetEncodedPathAndQuery();
            log.Add(
                new RequestRecord(
                    startedAt,
                    context.Connection.RemoteIpAddress?.ToString() ?? "segment",
                    context.Request.Method,
                    target.Length > LongestTarget ? target[..LongestTarget] : target,
                    context.Request.Headers.Range is { Count: > 0 } range ? range.ToString() : null,
                    context.Response.StatusCode,
                    body.Count,
                    time.GetElapsedTime(started).TotalMilliseconds,
                    context.RequestAborted.IsCancellationRequested,
                    error
                )
            );
        }
    }
}
