using Microsoft.AspNetCore.Http;

namespace Lab.Services.Hosting;

/// <summary>Handles at most so many requests at once and turns the rest away, so that a flood costs little.</summary>
internal sealed class ConcurrencyGate(int limit)
{
    private int _inside;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _inside) > limit)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = "1";
                return;
            }
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
