using System.Text;

namespace Lab.Services.GitOps.Sources;

/// <summary>What git said.</summary>
internal sealed record GitAnswer(int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);
}
