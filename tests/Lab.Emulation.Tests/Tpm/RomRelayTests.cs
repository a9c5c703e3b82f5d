using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using Lab.Emulation.Tpm;
using Lab.Model.Boards;

namespace Lab.Emulation.Tests.Tpm;

/// <summary>The relay between a real swtpm and the test, which plays QEMU.</summary>
[Category(RealParts.Category)]
internal sealed class RomRelayTests
{
    private static readonly byte[] Startup = [0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x44, 0, 0];

    // TPM2_PCR_Read of PCR 0 in the SHA-256 bank.
    private static readonly byte[] ReadPcr0 = [0x80, 0x01, 0, 0, 0, 20, 0, 0, 0x01, 0x7E, 0, 0, 0, 1, 0, 0x0B, 3, 1, 0, 0];

    private RealParts _parts = null!;
    private string _sockets = "";
    private SoftwareTpm _tpm = null!;

    [SetUp]
    public async Task Prepare()
    {
        RealParts.Need("swtpm", "swtpm_setup");
        _parts = new RealParts();
        var rig = _parts.Folders.Rig("test");
        var authority = await EndorsementAuthority.OpenAsync(rig, "test", TimeProvider.System, CancellationToken.None);
        var state = await TpmState.OpenAsync(Path.Combine(rig, "tpm"), authority, CancellationToken.None);
        _sockets = _parts.Folders.CreateSocketFolder();
        _parts.Owner.OwnPath(_sockets);
        _tpm = await SoftwareTpm.StartAsync(_parts.Owner, state, _sockets, [], CancellationToken.None);
    }

    [TearDown]
    public async Task CleanUp() => await _parts.DisposeAsync();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(4096)]
    [TestCase(1_000_003)]
    public async Task Firmware_of_any_length_is_measured_at_each_init(int length)
    {
        var firmware = RandomNumberGenerator.GetBytes(length);
        await using var relay = Listen(firmware, TpmFault.None);
        using var qemu = await ConnectAsync();
        using var data = await GiveDataChannelAsync(qemu);
        for (var round = 1; round <= 2; round++)
        {
            Assert.That(await AskAsync(qemu, "00000002 00000000", 4), Is.EqualTo("00000000"));
            Assert.That(relay.Measurements, Is.EqualTo(round));
            await CommandAsync(data, Startup);

            var answer = await CommandAsync(data, ReadPcr0);

            var start = new byte[32];
            start[^1] = 4;
            Assert.That(answer[^32..], Is.EqualTo(SHA256.HashData([.. start, .. SHA256.HashData(firmware)])));
        }
    }

    [Test]
    public async Task A_failing_tpm_answers_every_command_with_a_failure()
    {
        await using var relay = Listen([1, 2, 3], TpmFault.Failing);
        using var qemu = await ConnectAsync();
        using var data = await GiveDataChannelAsync(qemu);
        await AskAsync(qemu, "00000002 00000000", 4);

        Assert.That(await CommandAsync(data, Startup), Is.EqualTo(Convert.FromHexString("80010000000a00000101")));
        Assert.That(await CommandAsync(data, ReadPcr0), Is.EqualTo(Convert.FromHexString("80010000000a00000101")));
    }

    [Test]
    public async Task Other_commands_pass_as_they_are()
    {
        await using var relay = Listen([1], TpmFault.None);
        using var qemu = await ConnectAsync();

        Assert.That(await AskAsync(qemu, "00000001", 8), Is.Not.EqualTo("0000000000000000"), "capabilities");
        Assert.That((await AskAsync(qemu, "00000011 00000000", 16))[..8], Is.EqualTo("00000000"), "buffer sizes");
    }

    [TestCase("000000ff", TestName = "an unknown command")]
    [TestCase("00000010", TestName = "a data channel without a descriptor")]
    [TestCase("00000007 ffffffff", TestName = "too much data")]
    [TestCase("00000001 00000001", TestName = "two requests at once")]
    public async Task A_guest_that_speaks_nonsense_is_cut_off(string request)
    {
        await using var relay = Listen([1], TpmFault.None);
        using var qemu = await ConnectAsync();
        await qemu.SendAsync(Bytes(request), -1, CancellationToken.None);

        await relay.Completion;

        Assert.That(relay.Error, Is.InstanceOf<InvalidDataException>());
    }

    [Test]
    public async Task The_end_of_swtpm_is_an_error()
    {
        await using var relay = Listen([1], TpmFault.None);
        using var qemu = await ConnectAsync();
        await AskAsync(qemu, "00000001", 8);

        await _tpm.Process.KillAsync();
        await qemu.SendAsync(Bytes("00000001"), -1, CancellationToken.None);
        await relay.Completion;

        Assert.That(await qemu.Socket.ReceiveAsync(new byte[1]), Is.Zero);
    }

    private RomRelay Listen(byte[] firmware, TpmFault fault) =>
        RomRelay.Listen(Path.Combine(_sockets, "tpm"), _tpm.ControlPath, firmware, fault);

    private Task<DescriptorSocket> ConnectAsync() =>
        DescriptorSocket.ConnectAsync(Path.Combine(_sockets, "tpm"), CancellationToken.None);

    private static async Task<Socket> GiveDataChannelAsync(DescriptorSocket qemu)
    {
        var (mine, given) = DescriptorSocket.CreatePair();
        await qemu.SendAsync(Bytes("00000010"), given, CancellationToken.None);
        DescriptorSocket.CloseDescriptor(given);
        var answer = new byte[4];
        await qemu.Socket.ReceiveAsync(answer);
        Assert.That(answer, Is.All.Zero);
        return new Socket(new SafeSocketHandle(mine, ownsHandle: true));
    }

    private static async Task<string> AskAsync(DescriptorSocket qemu, string request, int answerLength)
    {
        await qemu.SendAsync(Bytes(request), -1, CancellationToken.None);
        var answer = new byte[answerLength];
        var received = 0;
        while (received < answerLength)
        {
            var count = await qemu.Socket.ReceiveAsync(answer.AsMemory(received));
            Assert.That(count, Is.Positive, "the relay closed the channel");
            received += count;
        }
        return Convert.ToHexStringLower(answer);
    }

    private static async Task<byte[]> CommandAsync(Socket data, byte[] command)
    {
        await data.SendAsync(command);
        var answer = new byte[4096];
        var received = await data.ReceiveAsync(answer);
        while (received < 10 || received < BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(2)))
            received += await data.ReceiveAsync(answer.AsMemory(received));
        return answer[..received];
    }

    private static byte[] Bytes(string hexadecimal) =>
        Convert.FromHexString(hexadecimal.Replace(" ", "", StringComparison.Ordinal));
}
