namespace Lab.Emulation.Images;

/// <summary>A root file system in a cpio archive.</summary>
internal sealed class CpioRoot(CpioArchive archive) : IRootArchive
{
    public void AddDirectory(string path, uint mode = CpioArchive.Executable) => archive.Directory(path, mode);

    public async Task AddFileAsync(string path, string source, uint mode, CancellationToken cancellationToken) =>
        archive.File(path, await File.ReadAllBytesAsync(source, cancellationToken), mode);

    public void AddFile(string path, byte[] content, uint mode = CpioArchive.Readable) => archive.File(path, content, mode);

    public void AddLink(string path, string target) => archive.Link(path, target);
}
