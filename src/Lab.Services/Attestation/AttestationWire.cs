using System.Text.Json.Serialization;

namespace Lab.Services.Attestation;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = 4
)]
[JsonSerializable(typeof(EnrolRequest))]
[JsonSerializable(typeof(EnrolAnswer))]
[JsonSerializable(typeof(ActivateRequest))]
[JsonSerializable(typeof(ActivateAnswer))]
[JsonSerializable(typeof(AppraiseRequest))]
[JsonSerializable(typeof(AppraiseAnswer))]
[JsonSerializable(typeof(DenialAnswer))]
internal sealed partial class AttestationWire : JsonSerializerContext;
