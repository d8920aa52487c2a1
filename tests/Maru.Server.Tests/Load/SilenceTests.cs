using Maru.Load.Measuring;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed class SilenceTests
{
    private Silence _silence;

    [Fact]
    public void It_lasts_from_the_last_delivery_while_a_message_is_due()
    {
        Hear(scheduled: 100, now: 101);
        Hear(scheduled: 110, now: 150); // due since 110, nothing since 101

        _silence.Longest.ShouldBe(40);
        Hear(scheduled: 120, now: 150); // the same read
        Hear(scheduled: 130, now: 170); // late, but something came at 150
        _silence.Longest.ShouldBe(40);
    }

    [Fact]
    public void A_quiet_room_is_no_silence()
    {
        Hear(scheduled: 100, now: 101);
        Hear(scheduled: 900, now: 902);

        _silence.Longest.ShouldBe(2);
    }

    [Fact]
    public void Only_what_is_due_while_measuring_counts()
    {
        Hear(scheduled: 50, now: 99);
        Hear(scheduled: 1000, now: 5000);
        Hear(scheduled: 0, now: 9000); // nobody's message

        _silence.Longest.ShouldBe(0);
    }

    [Fact]
    public void A_client_that_never_hears_again_is_silent_until_the_end()
    {
        Hear(scheduled: 100, now: 101);
        _silence.End(now: 700, from: 100);

        _silence.Longest.ShouldBe(599);
    }

    private void Hear(long scheduled, long now) => _silence.Heard(scheduled, now, from: 100, until: 1000);
}
