using Lab.Model.Boards;
using NUnit.Framework;

namespace Lab.Testing.Contracts;

/// <summary>What <see cref="IPower"/> promises.</summary>
public abstract class PowerContract : BoardContract
{
    private IPower Power => Board.Require<IPower>();

    [Test]
    public async Task A_board_is_opened_without_power() =>
        Assert.That(await Power.GetStatusAsync(default), Is.Not.EqualTo(PowerState.On));

    [Test]
    public async Task I_can_switch_a_board_on()
    {
        await Power.OnAsync(default);
        Assert.That(await Power.GetStatusAsync(default), Is.Not.EqualTo(PowerState.Off));
    }

    [Test]
    public async Task I_can_cut_the_power()
    {
        await Power.OnAsync(default);
        await Power.CutAsync(default);
        Assert.That(await Power.GetStatusAsync(default), Is.Not.EqualTo(PowerState.On));
    }

    [Test]
    public async Task I_can_switch_a_board_off()
    {
        await Power.OnAsync(default);
        await Power.OffAsync(default);
        Assert.That(await Power.GetStatusAsync(default), Is.Not.EqualTo(PowerState.On));
    }

    [Test]
    public async Task Each_operation_may_be_done_twice()
    {
        await Power.OnAsync(default);
        await Power.OnAsync(default);
        Assert.That(await Power.GetStatusAsync(default), Is.Not.EqualTo(PowerState.Off));
        await Power.CutAsync(default);
        await Power.CutAsync(default);
        await Power.OffAsync(default);
        Assert.That(await Power.GetStatusAsync(default), Is.Not.EqualTo(PowerState.On));
    }

    [Test]
    public async Task I_can_reset_a_board_and_it_stays_on()
    {
        await Power.OnAsync(default);
        await Power.ResetAsync(default);
        Assert.That(await Power.GetStatusAsync(default), Is.Not.EqualTo(PowerState.Off));
    }

    [Test]
    public async Task I_can_switch_a_board_on_again_after_a_cut()
    {
        await Power.OnAsync(default);
        await Power.CutAsync(default);
        await Power.OnAsync(default);
        Assert.That(await Power.GetStatusAsync(default), Is.Not.EqualTo(PowerState.Off));
    }
}
