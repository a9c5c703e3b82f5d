using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lab.Host.Machine;
using Microsoft.AspNetCore.Http;

namespace Lab.Services.Git;

/// <summary>
/// <c>git http-backend</c> as CGI (RFC 3875): anybody may fetch; a push needs the run's password. Only the one repository is served.
/// </summary>
internal sealed class GitBackend(string root, string repository, string password)
{
    private const string PushUser = "fleet";
    private const int LongestHeader = 8 << 10;

    /// <summary>Called after each push that was answered.</summary>
    public Action? OnPush { get; set; }

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var isPush =
            path.EndsWith("/git-receive-pack", StringComparison.Ordinal)
            || context.Request.Query["service"] == "git-receive-pack";
        if (!path.StartsWith($"/{repository}/", StringComparison.Ordinal) || path.Contains("..", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (isPush && !MayPush(context.Request.Headers.Authorization.ToString()))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"fleet\"";
            return;
        }

        await RunAsync(context, path, isPush);
        if (isPush && HttpMethods.IsPost(context.Request.Method))
            OnPush?.Invoke();
    }

    private async Task RunAsync(HttpContext context, string path, bool isPush)
    {
        using var process = Process.Start(Describe(context.Request, path, isPush))!;
        try
        {
            var request = SendAsync(context.Request, process, context.RequestAborted);
            var errors = process.StandardError.ReadToEndAsync(context.RequestAborted);
            await AnswerAsync(process.StandardOutput.BaseStream, context);
            await request;
            await errors;
            await process.WaitForExitAsync(context.RequestAborted);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private ProcessStartInfo Describe(HttpRequest request, string path, bool isPush)
    {
        var start = new ProcessStartInfo(HostTools.Require("git"), ["http-backend"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = root,
        };
        foreach (var (name, value) in GitCommand.Environment(root))
        {
            start.Environment[name] = value;
        }

        start.Environment["GIT_PROJECT_ROOT"] = root;
        start.Environment["GIT_HTTP_EXPORT_ALL"] = "1";
        start.Environment["PATH_INFO"] = path;
        start.Environment["QUERY_STRING"] = request.QueryString.Value?.TrimStart('?') ?? "";
        start.Environment["REQUEST_METHOD"] = request.Method;
        start.Environment["CONTENT_TYPE"] = request.ContentType ?? "";
        start.Environment["REMOTE_ADDR"] = "127.0.0.1";
        if (isPush)
            start.Environment["REMOTE_USER"] = PushUser;
        if (request.ContentLength is { } length)
            start.Environment["CONTENT_LENGTH"] = length.ToString(CultureInfo.InvariantCulture);
        if (request.Headers.ContentEncoding.ToString() is { Length: > 0 } encoding)
            start.Environment["HTTP_CONTENT_ENCODING"] = encoding;
        if (request.Headers["Git-Protocol"].ToString() is { Length: > 0 } protocol)
            start.Environment["GIT_PROTOCOL"] = protocol;
        return start;
    }

    private static async Task SendAsync(HttpRequest request, Process process, CancellationToken cancellationToken)
    {
        try
        {
            await using var input = process.StandardInput.BaseStream;
            await request.Body.CopyToAsync(input, cancellationToken);
        }
        catch (IOException)
        {
            // git has read enough and ended; its answer says why.
        }
    }

    private static async Task AnswerAsync(Stream output, HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        while (await ReadLineAsync(output, context.RequestAborted) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..].Trim());
            if (name.Equals("Status", StringComparison.OrdinalIgnoreCase))
                context.Response.StatusCode = int.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture);
            else
                context.Response.Headers[name] = value;
        }

        await output.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static async Task<string> ReadLineAsync(Stream output, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await output.ReadAsync(one, cancellationToken) > 0 && one[0] != (byte)'\n')
        {
            if (line.Length < LongestHeader)
                line.Append((char)one[0]);
        }

        return line.ToString().TrimEnd('\r');
    }

    private bool MayPush(string authorization)
    {
        var wanted = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{PushUser}:{password}"));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization), Encoding.UTF8.GetBytes(wanted));
    }
}
