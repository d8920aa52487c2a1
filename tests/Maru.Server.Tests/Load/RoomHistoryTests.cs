using System.Text;
using Maru.Load.Verification;

namespace Maru.Server.Tests.Load;

[Trait("Category", "Load")]
public sealed class RoomHistoryTests
{
    private const int Messages = 50;

    [Fact]
    public void A_whole_history_is_clean()
    {
        var findings = Read([.. Enumerable.Range(1, Messages).Select(seq => (seq, seq))]);

        findings.ShouldBe(new HistoryFindings { Read = Messages, Found = Messages });
    }

    [Fact]
    public void An_acknowledged_message_that_is_not_there_is_missing_wherever_it_was()
    {
        var findings = Read([.. Enumerable.Range(1, Messages).Where(seq => seq is not (1 or 20 or Messages)).Select(seq => (seq, seq))]);

        findings.Missing.ShouldBe(3);
        findings.Gaps.ShouldBe(2); // the last one leaves no gap behind
    }

    [Fact]
    public void A_message_under_two_seqs_is_stored_twice()
    {
        var findings = Read([.. Enumerable.Range(1, Messages).Select(seq => (seq, seq)), (Messages + 1, 7)]);

        findings.StoredTwice.ShouldBe(1);
        findings.UnacknowledgedPresent.ShouldBe(1);
    }

    [Fact]
    public void Another_message_under_an_acknowledged_seq_is_altered()
        => Read([(1, 2), (2, 1), .. Enumerable.Range(3, Messages - 2).Select(seq => (seq, seq))]).Altered.ShouldBe(2);

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("cut")]
    [InlineData("flipped")]
    public void A_text_that_is_not_whole_is_altered(string how)
    {
        var log = new AckLog(0);
        log.TryRecord(1, 3, 1);
        var history = new RoomHistory(0, [log], ServerBytes.Payload, _ => true);
        var text = ServerBytes.Text(3, 1);
        history.Entry(1, Encoding.ASCII.GetBytes(how switch { "cut" => text[..^1], "flipped" => text[..^1] + "X", _ => how }));

        history.End().Altered.ShouldBe(1);
    }

    [Fact]
    public void What_was_never_acknowledged_may_be_there()
    {
        var history = new RoomHistory(0, [new AckLog(0)], ServerBytes.Payload, _ => true);
        history.Entry(1, Encoding.ASCII.GetBytes(ServerBytes.Text(3, 1)));
        history.Entry(2, "a system entry"u8);

        history.End().ShouldBe(new HistoryFindings { Read = 2, UnacknowledgedPresent = 1 });
    }

    [Fact]
    public void A_seq_is_acknowledged_for_one_message_only()
    {
        var log = new AckLog(100);

        log.TryRecord(101, 1, 1).ShouldBeTrue();
        log.TryRecord(101, 1, 1).ShouldBeTrue(); // a retry's receipt
        log.TryRecord(101, 2, 1).ShouldBeFalse();
        log.TryRecord(100, 1, 2).ShouldBeFalse(); // from before the run
        log.TryGet(101, out var sender, out var number).ShouldBeTrue();
        (sender, number).ShouldBe((1, 1));
        log.TryGet(102, out _, out _).ShouldBeFalse();
    }

    /// <summary>Acknowledges message n at seq n, then reads the given (seq, message) pairs as the history.</summary>
    private static HistoryFindings Read((int Seq, int Number)[] entries)
    {
        var logs = new[] { new AckLog(0), new AckLog(0) }; // as of two loops
        for (var n = 1; n <= Messages; n++) logs[n % 2].TryRecord(n, 3, n).ShouldBeTrue();
        var history = new RoomHistory(0, logs, ServerBytes.Payload, _ => true);
        foreach (var (seq, number) in entries) history.Entry(seq, Encoding.ASCII.GetBytes(ServerBytes.Text(3, number)));
        return history.End();
    }
}
