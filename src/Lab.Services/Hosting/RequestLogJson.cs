using System.Text.Json.Serialization;

namespace Lab.Services.Hosting;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RequestRecord))]
internal sealed partial class RequestLogJson : JsonSerializerContext;
