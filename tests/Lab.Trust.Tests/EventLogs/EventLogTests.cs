using Lab.Trust.EventLogs;
using Lab.Trust.Tests.Tpm;
using Lab.Trust.Tpm;
using NUnit.Framework;

namespace Lab.Trust.Tests.EventLogs;

internal sealed class EventLogTests
{
    private const int HeaderBytes = 69; // two banks, no vendor information

    private static byte[] Good() =>
        new EventLogWriter(TpmAlgorithm.Sha1, TpmAlgorithm.Sha256)
            .AppendMeasured(0, LogEventType.SCrtmVersion, "v1"u8, "v1"u8)
            .AppendMeasured(4, LogEventType.EfiAction, "Calling"u8, "Calling"u8)
            .AppendMeasured(8, LogEventType.Ipl, "kernel bytes"u8, "hwlab:kernel"u8)
            .AppendMeasured(8, LogEventType.Separator, new byte[4], new byte[4])
            .ToArray();

    private static byte[] NoAction(ReadOnlySpan<byte> data) =>
        new EventLogWriter(TpmAlgorithm.Sha256).AppendMeasured(0, LogEventType.NoAction, [], data).ToArray();

    [Test]
    public void What_was_written_reads_back_and_replays()
    {
        var log = EventLog.Parse(Good());
        var zero = new byte[32];
        var pcr8 = TpmHash.Extend(TpmAlgorithm.Sha256, zero, TpmHash.Compute(TpmAlgorithm.Sha256, "kernel bytes"u8));
        pcr8 = TpmHash.Extend(TpmAlgorithm.Sha256, pcr8, TpmHash.Compute(TpmAlgorithm.Sha256, new byte[4]));
        Assert.Multiple(() =>
        {
            Assert.That(log.Banks, Is.EqualTo(new[] { TpmAlgorithm.Sha1, TpmAlgorithm.Sha256 }));
            Assert.That(log.Events.Select(one => one.Pcr), Is.EqualTo(new[] { 0, 4, 8, 8 }));
            Assert.That(log.Replay(TpmAlgorithm.Sha256).Find(8), Is.EqualTo(pcr8));
            Assert.That(log.Events[2].Decode(), Is.EqualTo(new TextEventData("hwlab:kernel")));
            Assert.That(log.Events[3].Decode(), Is.EqualTo(new SeparatorEventData(0)));
        });
    }

    [Test]
    public void A_log_goes_on_where_the_firmware_ended_and_its_padding_is_dropped()
    {
        byte[] padded = [.. Good(), .. new byte[100]];
        var longer = new EventLogWriter(padded).AppendMeasured(8, LogEventType.Ipl, "x"u8, "hwlab:initrd"u8).ToArray();
        Assert.That(longer.AsSpan().StartsWith(Good()), Is.True);
        Assert.That(EventLog.Parse(longer).Events, Has.Count.EqualTo(5));
    }

    [TestCase((byte)0x00)]
    [TestCase((byte)0xFF)]
    public void Padding_behind_the_last_event_is_no_event(byte padding)
    {
        byte[] padded = [.. Good(), .. Enumerable.Repeat(padding, 37)];
        var log = EventLog.Parse(padded);
        Assert.That(log.Events, Has.Count.EqualTo(4));
        Assert.That(log.Length, Is.EqualTo(Good().Length));
    }

    [Test]
    public void Anything_else_behind_the_last_event_is_refused()
    {
        var refusal = Assert.Throws<EventLogException>(() => EventLog.Parse((byte[])[.. Good(), 0, 0, 0, 0, 0, 0, 1]))!;
        Assert.That(refusal.Offset, Is.GreaterThanOrEqualTo(Good().Length));
    }

    [Test]
    public void EV_NO_ACTION_is_not_extended()
    {
        var log = EventLog.Parse(NoAction("a note to the reader"u8));
        Assert.That(log.Replay(TpmAlgorithm.Sha256).All, Is.Empty);
    }

    [TestCase((byte)3)]
    [TestCase((byte)4)]
    public void The_startup_locality_is_where_PCR_0_starts(byte locality)
    {
        var log = EventLog.Parse(NoAction([.. "StartupLocality\0"u8, locality]));
        Assert.That(log.StartupLocality, Is.EqualTo(locality));
        Assert.That(log.Replay(PcrSelection.Of(TpmAlgorithm.Sha256, 0))[0][^1], Is.EqualTo(locality));
        Assert.That(log.Events[0].Decode(), Is.EqualTo(new StartupLocalityEventData(locality)));
    }

    [Test]
    public void A_startup_locality_that_is_out_of_place_or_there_twice_is_refused()
    {
        byte[] locality = [.. "StartupLocality\0"u8, 3];
        var late = new EventLogWriter(TpmAlgorithm.Sha256)
            .AppendMeasured(0, LogEventType.SCrtmVersion, "v1"u8, "v1"u8)
            .AppendMeasured(0, LogEventType.NoAction, [], locality);
        var twice = new EventLogWriter(NoAction(locality)).AppendMeasured(0, LogEventType.NoAction, [], locality);
        Assert.Throws<EventLogException>(() => EventLog.Parse(late.ToArray()));
        Assert.Throws<EventLogException>(() => EventLog.Parse(twice.ToArray()));
        Assert.Throws<EventLogException>(() => EventLog.Parse(NoAction([.. "StartupLocality\0"u8, 2])));
    }

    [Test]
    public void PCR_17_to_22_start_with_all_bits_set_and_PCR_0_where_the_ROM_left_it()
    {
        var log = EventLog.Parse(NoAction("nothing"u8));
        var rom = HardwareCrtm.StartValue(TpmAlgorithm.Sha256, TpmHash.Compute(TpmAlgorithm.Sha256, "firmware"u8));
        var values = log.Replay(PcrSelection.Of(TpmAlgorithm.Sha256, 0, 16, 17, 22, 23), rom);
        Assert.Multiple(() =>
        {
            Assert.That(values.Find(0), Is.EqualTo(rom));
            Assert.That(values.Find(16), Has.All.Zero);
            Assert.That(values.Find(17), Has.All.EqualTo(0xFF));
            Assert.That(values.Find(22), Has.All.EqualTo(0xFF));
            Assert.That(values.Find(23), Has.All.Zero);
        });
    }

    [Test]
    public void A_bank_that_not_every_event_has_cannot_be_replayed()
    {
        var both = Good();
        var one = new EventLogWriter(TpmAlgorithm.Sha256).AppendMeasured(9, LogEventType.Ipl, "x"u8, []).ToArray();
        var oneHeader = new EventLogWriter(TpmAlgorithm.Sha256).ToArray().Length;
        var log = EventLog.Parse((byte[])[.. both, .. one[oneHeader..]]);
        Assert.That(log.Banks, Is.EqualTo(new[] { TpmAlgorithm.Sha256 }));
        Assert.Throws<EventLogException>(() => log.Replay(TpmAlgorithm.Sha1));
    }

    [TestCase(HeaderBytes + 8, 0u, TestName = "No digest")]
    [TestCase(HeaderBytes + 8, 3u, TestName = "More digests than algorithms")]
    [TestCase(HeaderBytes + 8, 0xFFFFFFFFu, TestName = "A giant number of digests")]
    [TestCase(HeaderBytes + 12, 0x0000000Cu, TestName = "An algorithm that is not declared")]
    [TestCase(HeaderBytes + 12 + 22, 0x00000004u, TestName = "An algorithm twice")]
    [TestCase(HeaderBytes, 24u, TestName = "A PCR that does not exist")]
    [TestCase(HeaderBytes + 12 + 22 + 34, 0xFFFFFFFFu, TestName = "A giant event")]
    [TestCase(HeaderBytes + 12 + 22 + 34, 0x7FFFFFFFu, TestName = "An event that ends where integers do")]
    [TestCase(28, 0xFFFFFFFFu, TestName = "A giant header")]
    [TestCase(56, 0xFFFFFFFFu, TestName = "A giant number of algorithms")]
    [TestCase(56, 0u, TestName = "No algorithm")]
    public void Hostile_numbers_end_in_an_error_with_the_offset(int offset, uint value)
    {
        var log = Good();
        BitConverter.TryWriteBytes(log.AsSpan(offset), value);
        var refusal = Assert.Throws<EventLogException>(() => EventLog.Parse(log))!;
        Assert.That(refusal.Offset, Is.InRange(0, log.Length));
    }

    [Test]
    public void Too_long_a_log_is_refused_before_it_is_read() =>
        Assert.Throws<EventLogException>(() => EventLog.Parse(new byte[EventLogLimits.MaxLogBytes + 1]));

    [Test]
    public void An_empty_log_is_refused()
    {
        Assert.Throws<EventLogException>(() => EventLog.Parse(Array.Empty<byte>()));
        Assert.Throws<EventLogException>(() => EventLog.Parse(new byte[64]));
    }

    [Test]
    public void A_spoilt_log_is_read_or_refused_but_never_breaks_the_reader()
    {
        var seeds = EventLogVectorTests.FindVectors().OfType<string>().Select(File.ReadAllBytes).Where(one => one.Length < 4000);
        foreach (var bytes in seeds.Append(Good()).SelectMany(seed => Hostile.Of(seed, 5000)))
        {
            try
            {
                var log = EventLog.Parse(bytes);
                Assert.That(
                    log.Banks.Select(bank => log.Replay(bank)).Count(),
                    Is.LessThanOrEqualTo(EventLogLimits.MaxAlgorithms)
                );
                Assert.That(log.Events.All(one => one.Decode().Describe() is not null));
            }
            catch (EventLogException e)
            {
                Assert.That(e.Offset, Is.InRange(0, bytes.Length));
            }
        }
    }

    [Test]
    public void A_writer_wants_a_digest_for_every_bank()
    {
        var writer = new EventLogWriter(TpmAlgorithm.Sha1, TpmAlgorithm.Sha256);
        var one = new Dictionary<TpmAlgorithm, byte[]> { [TpmAlgorithm.Sha256] = new byte[32] };
        Assert.Throws<ArgumentException>(() => writer.Append(8, LogEventType.Ipl, one, []));
        one[TpmAlgorithm.Sha1] = new byte[19];
        Assert.Throws<ArgumentException>(() => writer.Append(8, LogEventType.Ipl, one, []));
    }

    [Test]
    public void Event_types_have_the_names_of_the_profile()
    {
        Assert.That(LogEventTypes.NameOf(LogEventType.EfiVariableDriverConfig), Is.EqualTo("EV_EFI_VARIABLE_DRIVER_CONFIG"));
        Assert.That(LogEventTypes.NameOf(LogEventType.SCrtmVersion), Is.EqualTo("EV_S_CRTM_VERSION"));
        Assert.That(LogEventTypes.NameOf((LogEventType)0x1234), Is.EqualTo("0x00001234"));
    }
}
