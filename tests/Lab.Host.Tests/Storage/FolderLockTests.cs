using Lab.Host.Storage;

namespace Lab.Host.Tests.Storage;

internal sealed class FolderLockTests
{
    private string _folder = "";

    [SetUp]
    public void Make_a_folder() => _folder = Directory.CreateTempSubdirectory("hwlab-lock-").FullName;

    [TearDown]
    public void Remove_the_folder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task The_second_waits_for_the_first()
    {
        FolderLock first = await FolderLock.TakeAsync(_folder, CancellationToken.None);
        Task<FolderLock> waiting = FolderLock.TakeAsync(_folder, CancellationToken.None);
        Assert.That(waiting.IsCompleted, Is.False);
        first.Dispose();
        (await waiting).Dispose();
    }

    [Test]
    public async Task Who_is_cancelled_does_not_keep_the_lock()
    {
        using var cancelled = new CancellationTokenSource();
        using (await FolderLock.TakeAsync(_folder, CancellationToken.None))
        {
            Task<FolderLock> waiting = FolderLock.TakeAsync(_folder, cancelled.Token);
            await cancelled.CancelAsync();
            Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
        }

        (await FolderLock.TakeAsync(_folder, CancellationToken.None)).Dispose();
    }
}
