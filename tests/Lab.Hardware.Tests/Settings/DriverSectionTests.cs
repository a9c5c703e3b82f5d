using Lab.Model.Errors;

namespace Lab.Hardware.Tests.Settings;

[TestFixture]
internal sealed class DriverSectionTests
{
    [TestCase("shelly", "adress=1.2.3.4", "takes no 'adress'")]
    [TestCase("shelly", "outlet=1", "needs the key 'address'")]
    [TestCase("shelly", "address=http://1.2.3.4/relay/0", "'address'")]
    [TestCase("shelly", "address=http://user:pw@1.2.3.4", "'address'")]
    [TestCase("shelly", "address=1.2.3.4 outlet=8", "'outlet'")]
    [TestCase("shelly", "address=1.2.3.4 outlet=-1", "'outlet'")]
    [TestCase("shelly", "address=1.2.3.4 generation=3", "'generation'")]
    [TestCase("shelly", "address=1.2.3.4 deadline=0", "'deadline'")]
    [TestCase("shelly", "address=1.2.3.4 off-time=1e9", "'off-time'")]
    [TestCase("shelly", "address=1.2.3.4 off-time=NaN", "'off-time'")]
    [TestCase("tasmota", "address=1.2.3.4 outlet=0", "'outlet'")]
    [TestCase("serial-relay", "device=ttyUSB0 outlet=1", "'device'")]
    [TestCase("serial-relay", "device=/dev/ttyUSB0 outlet=9", "'outlet'")]
    [TestCase("pdudaemon", "address=1.2.3.4 pdu=p outlet=1&x=2", "'outlet'")]
    public void What_does_not_belong_in_a_section_is_refused_with_its_place(string driver, string values, string what)
    {
        var pairs = values.Split(' ').Select(pair => (pair.Split('=', 2)[0], pair.Split('=', 2)[1])).ToArray();
        var error = Assert.Throws<RigException>(() => Sections.Power(driver, pairs))!;
        Assert.That(error.Message, Does.StartWith("rack.yaml:").And.Contain(what));
        Assert.That(error.Remedy, Is.Not.Null);
    }

    [Test]
    public void A_password_in_the_file_is_refused_and_not_repeated()
    {
        var error = Assert.Throws<RigException>(() => Sections.Power("shelly", ("address", "1.2.3.4"), ("password", "hunter2")))!;
        Assert.That(error.Message, Does.Contain("no reference to a secret").And.Contain("env:").And.Not.Contain("hunter2"));
    }

    [TestCase("serial", "device=/dev/ttyUSB0 speed=0")]
    [TestCase("serial", "device=/dev/ttyUSB0 format=9n1")]
    [TestCase("serial", "device=/dev/ttyUSB0 name=Bad")]
    [TestCase("tcp", "address=1.2.3.4")]
    [TestCase("tcp", "address=1.2.3.4:0")]
    [TestCase("tcp", "address=1.2.3.4:70000")]
    [TestCase("tcp", "address=1.2.3.4:1/x")]
    public void So_it_is_for_consoles(string driver, string values)
    {
        var pairs = values.Split(' ').Select(pair => (pair.Split('=', 2)[0], pair.Split('=', 2)[1])).ToArray();
        Assert.Throws<RigException>(() => Sections.Console(driver, pairs));
    }
}
