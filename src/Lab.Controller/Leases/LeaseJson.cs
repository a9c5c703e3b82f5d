using System.Text.Json.Serialization;

namespace Lab.Controller.Leases;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Lease))]
internal sealed partial class LeaseJson : JsonSerializerContext;
