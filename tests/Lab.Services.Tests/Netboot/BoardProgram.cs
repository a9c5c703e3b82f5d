namespace Lab.Services.Tests.Netboot;

/// <summary>The test program in its other role: a board in a segment.</summary>
internal static class BoardProgram
{
    public static Task<int> RunAsync(string device, string mac) => Task.FromResult(device.Length + mac.Length);
}
