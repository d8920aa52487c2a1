using Maru.Engine.Output;
using Maru.Engine.Queues;

namespace Maru.Engine.Tests.Output;

public sealed class OutboxTests : IDisposable
{
    private readonly EngineClock _clock = new(new ManualTime());
    private readonly MemoryShare _memory = new(new MemoryBudget(long.MaxValue));
    private readonly FlushList _flush = new();

    public void Dispose() => _flush.Dispose();

    [Fact]
    public void What_is_added_in_one_round_goes_out_in_one_write_and_in_order()
    {
        var sink = new MemorySink();
        var outbox = new Outbox(sink, 1000, _clock, _memory);
        for (byte i = 0; i < 50; i++) outbox.TryAdd(new[] { i }, _flush).ShouldBe(AddResult.Added);
        _flush.Flush();
        sink.Writes.ShouldBe(1);
        sink.Read().ShouldBe(Enumerable.Range(0, 50).Select(x => (byte)x));
    }

    [Fact]
    public void It_is_bounded_by_what_kind_of_thing_is_added()
    {
        var outbox = new Outbox(new MemorySink(window: 0), 1000, _clock, _memory);
        outbox.TryAdd(new byte[5000], _flush).ShouldBe(AddResult.Added, "an empty outbox takes a run of any size");
        outbox.TryAdd(new byte[1], _flush).ShouldBe(AddResult.Full);

        var second = new Outbox(new MemorySink(window: 0), 1000, _clock, _memory);
        second.TryAdd(new byte[400], _flush).ShouldBe(AddResult.Added);
        second.TryAddEphemeral(new byte[50], new byte[51], _flush).ShouldBe(AddResult.Full);
        second.TryAddEphemeral(new byte[50], new byte[50], _flush).ShouldBe(AddResult.Added);
        second.TryAdd(new byte[500], _flush).ShouldBe(AddResult.Added);
        second.Add(new byte[3000], _flush);
        second.IsClosed.ShouldBeFalse();
        second.Add(new byte[1], _flush);
        second.IsClosed.ShouldBeTrue("who asks and never reads is cut off");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Empty_last_words_end_it_too(int bytes)
    {
        var sink = new MemorySink();
        var outbox = new Outbox(sink, 1000, _clock, _memory);
        if (bytes > 0) outbox.Add(new byte[bytes], _flush);
        outbox.End(default, _flush);
        _flush.Flush();
        sink.Read().Length.ShouldBe(bytes);
        sink.IsShutdown.ShouldBeTrue();
    }

    [Fact]
    public async Task Last_words_are_the_last_and_then_the_sink_is_shut_down()
    {
        var sink = new MemorySink(window: 3);
        var outbox = new Outbox(sink, 1000, _clock, _memory);
        outbox.Add(new byte[] { 1, 2, 3, 4 }, _flush);
        outbox.End(new byte[] { 5, 6 }, _flush);
        outbox.TryAdd(new byte[] { 7 }, _flush).ShouldBe(AddResult.Closed);
        outbox.End(new byte[] { 8 }, _flush);
        _flush.Flush();
        sink.IsShutdown.ShouldBeFalse();
        List<byte> read = [.. sink.Read()];
        await Deadline.Until(
            () =>
            {
                read.AddRange(sink.Read());
                return sink.IsShutdown;
            },
            "the shutdown");
        read.AddRange(sink.Read());
        read.ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public async Task Adding_from_many_threads_while_the_peer_reads_in_bits_loses_and_reorders_nothing()
    {
        var sink = new MemorySink(window: 1500);
        var outbox = new Outbox(sink, 1 << 20, _clock, _memory);
        var adding = Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var flush = new FlushList();
            for (var i = 0; i < 3000; i++)
            {
                var frame = BitConverter.GetBytes((thread << 24) | i);
                outbox.TryAdd(frame, flush).ShouldBe(AddResult.Added);
                if (i % 3 == 0) flush.Flush();
            }

            flush.Flush();
        })).ToArray();
        List<byte> read = [];
        await Deadline.Until(
            () =>
            {
                read.AddRange(sink.Read());
                return read.Count == 4 * 4 * 3000;
            },
            "all of it");
        await Task.WhenAll(adding);
        var next = new int[4];
        for (var at = 0; at < read.Count; at += 4)
        {
            var value = BitConverter.ToInt32([.. read.GetRange(at, 4)]);
            (value & 0xFFFFFF).ShouldBe(next[value >> 24]++);
        }
    }

    [Fact]
    public async Task A_sink_that_only_waits_takes_a_long_queue_without_a_deep_stack()
    {
        var sink = new MemorySink(onlyWaits: true);
        var outbox = new Outbox(sink, 1 << 20, _clock, _memory);
        for (var i = 0; i < 8_000; i++) outbox.TryAdd(new byte[] { 1 }, _flush).ShouldBe(AddResult.Added);
        _flush.Flush();
        await outbox.EmptyAsync().Within("the queue");
        sink.Read().Length.ShouldBe(8_000);
    }

    [Fact]
    public async Task A_sink_that_only_waits_gets_small_pieces_by_the_record_and_in_order()
    {
        var sink = new MemorySink(onlyWaits: true);
        var outbox = new Outbox(sink, 1 << 20, _clock, _memory);
        var sent = new List<byte>();
        for (var i = 0; i < 3_000; i++)
        {
            var piece = Enumerable.Repeat((byte)i, i % 500 == 499 ? 3 * sink.RecordBytes : (i % 7) + 1).ToArray();
            sent.AddRange(piece);
            outbox.TryAdd(piece, _flush).ShouldBe(AddResult.Added);
        }

        _flush.Flush();
        await outbox.EmptyAsync().Within("the queue");
        sink.Read().ShouldBe(sent);
        sink.Waits.ShouldBeLessThan(2 * sent.Count / sink.RecordBytes);
    }

    [Fact]
    public async Task Who_waits_for_it_to_be_empty_is_woken_by_the_end_of_the_connection_too()
    {
        var outbox = new Outbox(new MemorySink(window: 0), 1000, _clock, _memory);
        outbox.Add(new byte[10], _flush);
        _flush.Flush();
        var empty = outbox.EmptyAsync();
        empty.IsCompleted.ShouldBeFalse();
        outbox.Abort();
        await empty.Within("the end");
        outbox.Bytes.ShouldBe(0);
    }
}
