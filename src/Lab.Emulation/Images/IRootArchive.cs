namespace Lab.Emulation.Images;

/// <summary>A root file system that is being put together; all of it belongs to root.</summary>
internal interface IRootArchive
{
    /// <summary>Adds a folder. A folder that is already there is left as it is.</summary>
    void AddDirectory(string path, uint mode = CpioArchive.Executable);

    /// <summary>Adds a copy of a file.</summary>
    /// <exception cref="ArgumentException">The path is already in the archive.</exception>
    Task AddFileAsync(string path, string source, uint mode, CancellationToken cancellationToken);

    /// <summary>Adds a file.</summary>
    /// <exception cref="ArgumentException">The path is already in the archive.</exception>
    void AddFile(string path, byte[] content, uint mode = CpioArchive.Readable);

    /// <summary>Adds a symbolic link.</summary>
    /// <exception cref="ArgumentException">The path is already in the archive.</exception>
    void AddLink(string path, string target);
}
