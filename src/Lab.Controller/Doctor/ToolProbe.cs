using System.Diagnostics;
using System.Text.RegularExpressions;
using Lab.Host.Machine;

namespace Lab.Controller.Doctor;

/// <summary>Finds out which programs the host has, and how old they are.</summary>
internal static class ToolProbe
{
    // Some of the tools load a good deal before they answer; none takes a second on an idle machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<ToolFinding> FindAsync(HostTool tool, TimeProvider time, CancellationToken cancellationToken)
    {
        if (HostTools.Find(tool.Name) is not { } path)
        {
            return new ToolFinding(tool, ToolState.Missing, Path: null, Version: null);
        }

        if (tool.MinimumVersion is null)
        {
            return new ToolFinding(tool, ToolState.Has, path, Version: null);
        }

        var version = ParseVersion(await AskAsync(path, tool.VersionArgument, time, cancellationToken));
        var state =
            version is null ? ToolState.UnknownVersion
            : version < tool.MinimumVersion ? ToolState.TooOld
            : ToolState.Has;
        return new ToolFinding(tool, state, path, version);
    }

    internal static Version? ParseVersion(string text) =>
        Regex.Match(text, @"\d{1,5}(?:\.\d{1,5}){1,3}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)
            is { Success: true } match
        && Version.TryParse(match.Value, out var version)
            ? version
            : null;

    private static async Task<string> AskAsync(
        string path,
        string argument,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var start = new ProcessStartInfo(path, [argument])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        try
        {
            using var timeout = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            using var process = Process.Start(start)!;
            try
            {
                process.StandardInput.Close();
                var output = process.StandardOutput.ReadToEndAsync(either.Token);
                var errors = process.StandardError.ReadToEndAsync(either.Token);
                await process.WaitForExitAsync(either.Token);
                return await output + await errors;
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return "";
        }
    }
}
