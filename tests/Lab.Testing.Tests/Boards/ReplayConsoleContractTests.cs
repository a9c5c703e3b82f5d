using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Testing.Contracts;
using NUnit.Framework;

namespace Lab.Testing.Tests.Boards;

[TestFixture]
internal sealed class ReplayConsoleContractTests : ConsoleContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-test-");

    protected override ConsolePattern Greeting => ConsolePattern.Literal("U-Boot 2023.01");

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    protected override Task<Board> OpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ReplayFiles.Greeter(_folder.FullName));
}
