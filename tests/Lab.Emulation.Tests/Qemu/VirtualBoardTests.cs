using System.Security.Cryptography;
using System.Text;
using Lab.Emulation.Qemu;
using Lab.Host.Networks;
using Lab.Host.Processes;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;

namespace Lab.Emulation.Tests.Qemu;

[Category(RealParts.Category)]
internal sealed class VirtualBoardTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private RealParts _parts = null!;

    [SetUp]
    public void Prepare()
    {
        RealParts.Need(QemuCommandLine.Program, "swtpm", "swtpm_setup");
        _parts = new RealParts();
    }

    [TearDown]
    public async Task CleanUp() => await _parts.DisposeAsync();

    [Test]
    public async Task The_rom_measures_the_firmware_into_pcr_0_at_power_on_and_at_each_reset()
    {
        var settings = _parts.Settings();
        await using var board = await _parts.OpenAsync(settings);

        await board.OnAsync(CancellationToken.None);
        var first = await ReadPcr0Async(board, 0);
        var position = board.Console.Position;
        await board.ResetAsync(CancellationToken.None);
        var second = await ReadPcr0Async(board, position);

        var expected = HardwareRootOfTrust(await File.ReadAllBytesAsync(settings.FirmwarePath));
        Assert.That(first, Is.EqualTo(expected));
        Assert.That(second, Is.EqualTo(expected));
    }

    [Test]
    public async Task Other_firmware_from_the_next_reset_on_gives_another_pcr_0()
    {
        var settings = _parts.Settings();
        await using var board = await _parts.OpenAsync(settings);
        await board.OnAsync(CancellationToken.None);
        await PromptAsync(board, 0);
        var bytes = await File.ReadAllBytesAsync(settings.FirmwarePath);
        // One letter of a message: still the same program.
        var text = bytes.AsSpan().IndexOf("Hit any key"u8);
        bytes[text] = (byte)'h';

        await board.FlashFirmwareAsync(bytes, CancellationToken.None);
        var position = board.Console.Position;
        await board.ResetAsync(CancellationToken.None);

        Assert.That(await ReadPcr0Async(board, position), Is.EqualTo(HardwareRootOfTrust(bytes)));
    }

    [Test]
    public async Task A_board_without_power_is_off_and_one_that_does_not_answer_is_unknown()
    {
        await using var board = await _parts.OpenAsync(_parts.Settings());
        Assert.That(await board.GetStatusAsync(CancellationToken.None), Is.EqualTo(PowerState.Off));

        await board.OnAsync(CancellationToken.None);
        Assert.That(await board.GetStatusAsync(CancellationToken.None), Is.EqualTo(PowerState.On));

        const int Stop = 19;
        board.Machine!.Signal(Stop);
        Assert.That(await board.GetStatusAsync(CancellationToken.None), Is.EqualTo(PowerState.Unknown));

        await board.CutAsync(CancellationToken.None);
        Assert.That(await board.GetStatusAsync(CancellationToken.None), Is.EqualTo(PowerState.Off));
    }

    [Test]
    public async Task The_console_log_has_every_byte_of_every_power_on()
    {
        await using var board = await _parts.OpenAsync(_parts.Settings());
        for (var round = 0; round < 2; round++)
        {
            var position = board.Console.Position;
            await board.OnAsync(CancellationToken.None);
            await PromptAsync(board, position);
            await board.CutAsync(CancellationToken.None);
        }

        var heard = new List<byte>();
        var end = board.Console.Position;
        await foreach (var chunk in board.Console.ReadAsync(0, CancellationToken.None))
        {
            heard.AddRange(chunk.Bytes.Span);
            if (heard.Count == end)
                break;
        }
        var log = await File.ReadAllBytesAsync(Path.Combine(_parts.Folders.Board("test", "virt-1"), "console.log"));
        Assert.That(log, Is.EqualTo(heard));
        Assert.That(Encoding.Latin1.GetString(log).Split("U-Boot 20"), Has.Length.EqualTo(3));
    }

    [Test]
    public async Task Who_waits_for_a_board_that_loses_power_is_told_at_once()
    {
        await using var board = await _parts.OpenAsync(_parts.Settings());
        await board.OnAsync(CancellationToken.None);
        var waiting = board.Console.ExpectAsync(ConsolePattern.Literal("never"), 0, Deadline, CancellationToken.None);

        await board.CutAsync(CancellationToken.None);

        var error = await Assert.ThrowsAsync<ConsoleClosedException>(() => waiting);
        Assert.That(error!.Message, Does.Contain("the power was cut"));
    }

    [Test]
    public async Task A_board_whose_tpm_dies_is_stopped_and_the_fault_is_the_labs()
    {
        await using var board = await _parts.OpenAsync(_parts.Settings());
        await board.OnAsync(CancellationToken.None);
        var waiting = board.Console.ExpectAsync(ConsolePattern.Literal("never"), 0, Deadline, CancellationToken.None);

        await board.Machine!.KillTpmAsync();

        var error = await Assert.ThrowsAsync<LabException>(() => waiting);
        Assert.That(error!.Message, Does.Contain("swtpm"));
        Assert.That(await board.GetStatusAsync(CancellationToken.None), Is.EqualTo(PowerState.Off));
    }

    [Test]
    public async Task Staged_faults_of_the_tpm_are_seen_by_the_firmware()
    {
        await using var board = await _parts.OpenAsync(_parts.Settings());
        await board.StageAsync(TpmFault.Failing, CancellationToken.None);
        await board.OnAsync(CancellationToken.None);
        await PromptAsync(board, 0);
        var position = board.Console.Position;
        await SendAsync(board, "tpm2 init; tpm2 startup TPM2_SU_CLEAR; echo $?done");
        await board.Console.ExpectAsync(ConsolePattern.Literal("1done"), position, Deadline, CancellationToken.None);
        await board.CutAsync(CancellationToken.None);

        await board.StageAsync(TpmFault.Absent, CancellationToken.None);
        position = board.Console.Position;
        await board.OnAsync(CancellationToken.None);
        await PromptAsync(board, position);
        position = board.Console.Position;
        await SendAsync(board, "tpm2 info");
        await board.Console.ExpectAsync(ConsolePattern.Literal("Couldn't set TPM"), position, Deadline, CancellationToken.None);
    }

    [Test]
    public async Task Two_boards_of_a_rig_run_at_once_with_different_endorsement_keys_of_one_authority()
    {
        var opened = await Task.WhenAll(_parts.OpenAsync(_parts.Settings("virt-1")), _parts.OpenAsync(_parts.Settings("virt-2")));
        await using var first = opened[0];
        await using var second = opened[1];

        await Task.WhenAll(first.OnAsync(CancellationToken.None), second.OnAsync(CancellationToken.None));
        await Task.WhenAll(PromptAsync(first, 0), PromptAsync(second, 0));

        Assert.That(first.MacAddress, Is.Not.EqualTo(second.MacAddress));
        Assert.That(first.EndorsementKeyCertificate.ToArray(), Is.Not.EqualTo(second.EndorsementKeyCertificate.ToArray()));
        Assert.That(first.EndorsementAuthority.ToArray(), Is.EqualTo(second.EndorsementAuthority.ToArray()));
    }

    [Test]
    public async Task On_the_user_network_a_board_gets_an_address_and_its_boot_file()
    {
        var served = Directory.CreateDirectory(Path.Combine(_parts.Folders.State, "files")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(served, "uki.efi"), new byte[12345]);
        await using var board = await _parts.OpenAsync(
            _parts.Settings() with
            {
                Network = new VirtualNetwork.User(served, new Uri("http://10.0.2.2:8080")),
            }
        );
        await board.OnAsync(CancellationToken.None);
        await PromptAsync(board, 0);
        var position = board.Console.Position;

        await SendAsync(board, "setenv autoload no; dhcp; tftpboot 0x40400000 uki.efi");
        await board.Console.ExpectAsync(ConsolePattern.Regex("DHCP client bound"), position, Deadline, CancellationToken.None);
        await board.Console.ExpectAsync(
            ConsolePattern.Regex("Bytes transferred = 12345"),
            position,
            Deadline,
            CancellationToken.None
        );
    }

    [Test]
    public async Task A_board_whose_cable_is_pulled_gets_no_address_until_it_is_plugged_in_again()
    {
        var served = Directory.CreateDirectory(Path.Combine(_parts.Folders.State, "files")).FullName;
        await using var board = await _parts.OpenAsync(
            _parts.Settings() with
            {
                Network = new VirtualNetwork.User(served, new Uri("http://10.0.2.2:8080")),
            }
        );
        await board.SetConnectedAsync(connected: false, CancellationToken.None);
        await board.OnAsync(CancellationToken.None);
        await PromptAsync(board, 0);
        var position = board.Console.Position;
        await SendAsync(board, "setenv autoload no; setenv netretry no; dhcp || echo $?failed");
        // U-Boot asks again and again; the second question shows that the first had no answer.
        await board.Console.ExpectAsync(ConsolePattern.Literal("BOOTP broadcast 2"), position, Deadline, CancellationToken.None);

        await board.SetConnectedAsync(connected: true, CancellationToken.None);

        await board.Console.ExpectAsync(ConsolePattern.Regex("DHCP client bound"), position, Deadline, CancellationToken.None);
    }

    [Test]
    public async Task On_a_segment_a_board_is_heard_by_what_listens_there()
    {
        RealParts.Need("dnsmasq");
        if (await NetworkSegment.FindObstacleAsync(_parts.Owner, CancellationToken.None) is { } obstacle)
            Assert.Ignore(obstacle);
        await using var segment = await NetworkSegment.CreateAsync(_parts.Owner);
        await _parts.Owner.StartAsync(
            new ProcessCommand(
                "dnsmasq",
                [
                    "--no-daemon",
                    "--conf-file=/dev/null",
                    "--port=0",
                    "--user=root",
                    $"--interface={NetworkSegment.Bridge}",
                    "--dhcp-range=10.0.2.15,10.0.2.99",
                    $"--dhcp-leasefile={Path.Combine(_parts.Folders.State, "leases")}",
                ]
            )
            {
                EnterPrefix = segment.EnterPrefix,
            },
            CancellationToken.None
        );
        await using var board = await _parts.OpenAsync(_parts.Settings() with { Network = new VirtualNetwork.Segment(segment) });
        await board.OnAsync(CancellationToken.None);
        await PromptAsync(board, 0);
        var position = board.Console.Position;

        await SendAsync(board, "setenv autoload no; dhcp");

        await board.Console.ExpectAsync(
            ConsolePattern.Regex(@"DHCP client bound to address 10\.0\.2\."),
            position,
            Deadline,
            CancellationToken.None
        );
    }

    [Test]
    public async Task A_board_in_use_is_refused()
    {
        await using var board = await _parts.OpenAsync(_parts.Settings());

        var error = await Assert.ThrowsAsync<LabException>(() => _parts.OpenAsync(_parts.Settings()));

        Assert.That(error!.Message, Does.Contain("in use"));
    }

    [Test]
    public async Task A_refused_option_is_told_with_the_words_of_qemu()
    {
        await using var board = await _parts.OpenAsync(_parts.Settings() with { ExtraArguments = ["-no-such-option"] });

        var error = await Assert.ThrowsAsync<LabException>(() => board.OnAsync(CancellationToken.None));

        Assert.That(error!.Message, Does.Contain("no-such-option"));
        Assert.That(await board.GetStatusAsync(CancellationToken.None), Is.EqualTo(PowerState.Off));
    }

    /// <summary>PCR 0 after an H-CRTM event: locality 4 as its start value, extended with the digest of what was measured.</summary>
    private static string HardwareRootOfTrust(byte[] firmware)
    {
        var start = new byte[SHA256.HashSizeInBytes];
        start[^1] = 4;
        return Convert.ToHexStringLower(SHA256.HashData([.. start, .. SHA256.HashData(firmware)]));
    }

    private static async Task<string> ReadPcr0Async(VirtualBoard board, long from)
    {
        await PromptAsync(board, from);
        var position = board.Console.Position;
        await SendAsync(board, "tpm2 autostart; tpm2 init; tpm2 startup TPM2_SU_CLEAR; tpm2 pcr_read 0 0x40000000");
        var match = await board.Console.ExpectAsync(
            ConsolePattern.Regex("PCR #0 content"),
            position,
            Deadline,
            CancellationToken.None
        );
        var value = "";
        position = match.End;
        while (value.Length < 64)
        {
            match = await board.Console.ExpectAsync(
                ConsolePattern.Regex("^ ((?:[0-9a-f]{2} ?)+)"),
                position,
                Deadline,
                CancellationToken.None
            );
            value += match.Groups[1].Replace(" ", "", StringComparison.Ordinal);
            position = match.End;
        }
        return value;
    }

    private static async Task PromptAsync(VirtualBoard board, long from)
    {
        var asked = await board.Console.ExpectAsync(
            ConsolePattern.Literal("any key to stop"),
            from,
            Deadline,
            CancellationToken.None
        );
        await SendAsync(board, "");
        await board.Console.ExpectAsync(ConsolePattern.Literal("=> "), asked.End, Deadline, CancellationToken.None);
    }

    private static Task SendAsync(VirtualBoard board, string command) =>
        board.Console.WriteAsync(Encoding.ASCII.GetBytes(command + "\n"), CancellationToken.None);
}
