using Lab.Emulation.Tpm;

namespace Lab.Emulation.Tests.Tpm;

internal sealed class TpmControlFrameTests
{
    [TestCase("00000002 00000000", 8, TestName = "CMD_INIT carries flags")]
    [TestCase("00000010", 4, TestName = "CMD_SET_DATAFD is only its command")]
    [TestCase("00000007 00000003", 11, TestName = "CMD_HASH_DATA announces its data")]
    [TestCase("0000000d 00000000 00000001 00000010", 32, TestName = "CMD_SET_STATEBLOB announces its blob")]
    [TestCase("0000000d 00000000", 0, TestName = "half a header is not enough")]
    [TestCase("000000", 0, TestName = "half a command is not enough")]
    public void Length(string begun, int length) => Assert.That(TpmControlRequest.LengthOf(Bytes(begun)), Is.EqualTo(length));

    [TestCase("00000000", TestName = "command 0")]
    [TestCase("00000014", TestName = "a command after the last")]
    [TestCase("ffffffff", TestName = "command -1")]
    [TestCase("00000007 ffffffff", TestName = "4 GiB of data")]
    [TestCase("0000000d 00000000 00000001 00100000", TestName = "a blob beyond the limit")]
    public void Refused(string begun) => Assert.Throws<InvalidDataException>(() => TpmControlRequest.LengthOf(Bytes(begun)));

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public bool Any_bytes_have_a_bounded_length_or_are_refused(byte[] bytes, byte command)
    {
        byte[] begun = [0, 0, 0, (byte)(command % 24), .. bytes];
        try
        {
            return TpmControlRequest.LengthOf(begun) is >= 0 and <= TpmControlRequest.MaximumLength
                && TpmControlResponse.LengthOf((TpmControlCommand)(command % 24), bytes)
                    is >= 0
                        and <= TpmControlRequest.MaximumLength + 16
                && FailingTpm.LengthOf(bytes) is 0 or (>= 10 and <= 65536);
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    [Test]
    public void Of_a_failed_command_only_the_result_is_awaited() =>
        Assert.That(TpmControlResponse.LengthOf(TpmControlCommand.SetBufferSize, Bytes("00000009")), Is.EqualTo(4));

    [Test]
    public void A_blob_that_swtpm_announces_is_bounded() =>
        Assert.Throws<InvalidDataException>(() =>
            TpmControlResponse.LengthOf(TpmControlCommand.GetStateBlob, Bytes("00000000 00000000 7fffffff 7fffffff"))
        );

    private static byte[] Bytes(string hexadecimal) =>
        Convert.FromHexString(hexadecimal.Replace(" ", "", StringComparison.Ordinal));
}
