using Lab.Controller.Training;
using Lab.Scenarios.Training;
using NUnit.Framework;

namespace Lab.Controller.Tests.Training;

[TestFixture]
internal sealed class TrainingRecordTests
{
    [TestCase("A", 20.0, 20.5, 21.0)]
    [TestCase("B", 20.0, 20.5, 31.0)]
    [TestCase("F", 20.0, -1, 21.0)]
    [TestCase("F", -1, -1, -1)]
    public void A_board_is_graded_by_whether_it_boots_each_time_and_about_as_fast(string grade, params double[] seconds)
    {
        var cycles = seconds
            .Select(time =>
                time < 0
                    ? new TrainingCycle("firmware", TimeSpan.FromSeconds(1), "it hung")
                    : new TrainingCycle("attested", TimeSpan.FromSeconds(time), null)
            )
            .ToList();
        var record = TrainingRecord.Of("pi-1", cycles, "run", DateTimeOffset.UnixEpoch);
        Assert.Multiple(() =>
        {
            Assert.That(record.Grade, Is.EqualTo(grade));
            Assert.That(record.Passes, Is.EqualTo(grade != "F"));
            Assert.That(record.Passed, Is.EqualTo(seconds.Count(time => time > 0)));
        });
    }
}
