using Lab.Model.Boards;
using Lab.Testing.Contracts;
using NUnit.Framework;

namespace Lab.Testing.Tests.Boards;

[TestFixture]
internal sealed class ReplayPowerContractTests : PowerContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-test-");

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    protected override Task<Board> OpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ReplayFiles.Greeter(_folder.FullName));
}
