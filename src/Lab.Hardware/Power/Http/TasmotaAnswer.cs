using System.Text.Json;
using Lab.Model.Boards;
using Lab.Model.Errors;

namespace Lab.Hardware.Power.Http;

/// <summary>What Tasmota answers to <c>Power</c> commands, by HTTP and by MQTT alike.</summary>
internal static class TasmotaAnswer
{
    /// <summary>The state in an answer such as <c>{"POWER1":"ON"}</c>; a device with one relay leaves out its number.</summary>
    /// <exception cref="JsonException">It holds none.</exception>
    public static PowerState Read(JsonElement answer, int outlet)
    {
        if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("WARNING", out _))
        {
            // Tasmota says so with status 200 or 401, depending on its age.
            throw new LabException("the device refuses to be used", remedy: "see 'user' and 'password' of this section");
        }

        var isNumbered = answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty($"POWER{outlet}", out _);
        return answer.Text(isNumbered || outlet > 1 ? $"POWER{outlet}" : "POWER") switch
        {
            "ON" => PowerState.On,
            "OFF" => PowerState.Off,
            var other => throw new JsonException($"power is '{other}'"),
        };
    }
}
