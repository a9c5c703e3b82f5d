using System.Text.Json.Serialization;

namespace Lab.Trust.Attestation;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    WriteIndented = true
)]
[JsonSerializable(typeof(ReferenceValuesDocument))]
internal sealed partial class AttestationJson : JsonSerializerContext;
