using System.Text.Json.Serialization;

namespace Lab.Trust.Attestation;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    WriteIndented = true
)]
[JsonSerializable(typeof(ReferenceValuesDocument))]
[JsonSerializable(typeof(DsseEnvelope))]
[JsonSerializable(typeof(StatementDocument))]
[JsonSerializable(typeof(SortedDictionary<int, string>))]
internal sealed partial class AttestationJson : JsonSerializerContext;
