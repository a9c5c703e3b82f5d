using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Lab.Services.Attestation;

/// <summary><c>/attest/v1/…</c>: the service's door. Everything that comes in is bounded and strictly read before it is judged.</summary>
internal sealed class AttestationEndpoints(AttestationService service)
{
    private int _inside;

    public void Map(IEndpointRouteBuilder routes)
    {
        var wire = AttestationWire.Default;
        Map(routes, "enrol", service.Limits.SmallBody, wire.EnrolRequest, wire.EnrolAnswer, service.EnrolAsync);
        Map(routes, "activate", service.Limits.SmallBody, wire.ActivateRequest, wire.ActivateAnswer, service.ActivateAsync);
        Map(routes, "appraise", service.Limits.EvidenceBody, wire.AppraiseRequest, wire.AppraiseAnswer, service.AppraiseAsync);
    }

    private void Map<TRequest, TAnswer>(
        IEndpointRouteBuilder routes,
        string step,
        int bodyLimit,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TAnswer> answerType,
        Func<TRequest, CancellationToken, Task<TAnswer>> judge
    ) =>
        routes.MapPost(
            $"/attest/v1/{step}",
            (RequestDelegate)(
                async context =>
                {
                    try
                    {
                        var answer = await AnswerAsync(context, bodyLimit, requestType, judge);
                        await WriteAsync(context, StatusCodes.Status200OK, answer, answerType);
                    }
                    catch (DenialException denial)
                    {
                        var body = new DenialAnswer(denial.Code, denial.Message, denial.Pcr);
                        await WriteAsync(context, denial.Status, body, AttestationWire.Default.DenialAnswer);
                    }
                }
            )
        );

    private async Task<TAnswer> AnswerAsync<TRequest, TAnswer>(
        HttpContext context,
        int bodyLimit,
        JsonTypeInfo<TRequest> requestType,
        Func<TRequest, CancellationToken, Task<TAnswer>> judge
    )
    {
        try
        {
            if (Interlocked.Increment(ref _inside) > service.Limits.Concurrent)
                throw DenialException.TooMany("too many requests at once");
            return await judge(await ReadAsync(context, bodyLimit, requestType), context.RequestAborted);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    private static async Task<TRequest> ReadAsync<TRequest>(HttpContext context, int limit, JsonTypeInfo<TRequest> type)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = limit;
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw DenialException.Malformed("the request is null");
        }
        catch (JsonException exception)
        {
            throw DenialException.Malformed($"not a request of this kind, at {exception.Path ?? "$"}");
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw DenialException.TooLarge(limit);
        }
    }

    private static async Task WriteAsync<T>(HttpContext context, int status, T body, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(body, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
