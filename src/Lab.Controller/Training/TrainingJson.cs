using System.Text.Json.Serialization;

namespace Lab.Controller.Training;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(TrainingRecord))]
internal sealed partial class TrainingJson : JsonSerializerContext;
