using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Services;

namespace Lab.Emulation.Tpm;

/// <summary>A genuine TPM of the rig that is in no board: certified by the rig's authority, for an adversary to use.</summary>
/// <param name="rig">The rig's name.</param>
/// <param name="folders">The lab's folders.</param>
/// <param name="owner">Who owns its process.</param>
/// <param name="time">The clock.</param>
public sealed class SpareTpm(string rig, LabFolders folders, ProcessOwner owner, TimeProvider time) : ISpareTpm
{
    /// <inheritdoc/>
    public async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        var authority = await EndorsementAuthority.OpenAsync(folders.Rig(rig), rig, time, cancellationToken);
        var sockets = folders.CreateSocketFolder();
        owner.OwnPath(sockets);
        var state = await TpmState.OpenAsync(Path.Combine(sockets, "state"), authority, cancellationToken);
        var commands = Path.Combine(sockets, "commands");
        await SoftwareTpm.StartAsync(
            owner,
            state,
            sockets,
            ["--server", $"type=unixio,path={commands},mode=0600", "--flags", "not-need-init"],
            cancellationToken
        );
        return commands;
    }
}
