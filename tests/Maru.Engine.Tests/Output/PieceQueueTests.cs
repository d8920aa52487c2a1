using Maru.Engine.Output;

namespace Maru.Engine.Tests.Output;

public sealed class PieceQueueTests
{
    private readonly byte[] _buffer = new byte[64];

    [Fact]
    public void A_queue_that_is_never_empty_moves_what_waits_to_the_front_and_keeps_its_order()
    {
        var queue = default(PieceQueue);
        List<byte> read = [];
        for (byte i = 0; i < 200; i++)
        {
            queue.Add(new[] { i });
            if (i < 3) continue;
            read.AddRange(queue.Gather(_buffer).Span[..1]);     // as many as come: it stays small
            queue.Advance(1);
        }

        read.AddRange(queue.Gather(_buffer).Span);
        read.ShouldBe(Enumerable.Range(0, 200).Select(i => (byte)i));
    }

    [Fact]
    public void It_grows_with_what_waits_in_front_of_it_half_written()
    {
        var queue = default(PieceQueue);
        for (byte i = 0; i < 4; i++) queue.Add(new[] { i, i });
        queue.Advance(3);
        for (byte i = 4; i < 30; i++) queue.Add(new[] { i, i });
        queue.Bytes.ShouldBe(57);
        List<byte> read = [];
        while (!queue.IsEmpty)
        {
            var next = queue.Gather(_buffer);
            read.AddRange(next.Span);
            queue.Advance(next.Length);
        }

        read.ShouldBe(Enumerable.Range(3, 57).Select(i => (byte)(i / 2)));
    }

    [Fact]
    public void Whatever_is_added_and_however_it_is_written_it_comes_out_in_order()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            var queue = default(PieceQueue);
            List<byte> added = [], read = [];
            for (var step = 0; step < 1000; step++)
            {
                if (random.Next(2) == 0)
                {
                    var piece = new byte[random.Next(1, 90)];
                    random.NextBytes(piece);
                    queue.Add(piece);
                    added.AddRange(piece);
                }
                else if (random.Next(3) > 0)
                {
                    var next = queue.Gather(_buffer);
                    var written = random.Next(next.Length + 1);
                    read.AddRange(next.Span[..written]);
                    queue.Advance(written);
                }
                else if (random.Next(20) == 0)
                {
                    queue.Clear();
                    queue.Release();
                    added.RemoveRange(read.Count, added.Count - read.Count);
                }

                queue.Bytes.ShouldBe(added.Count - read.Count);
                queue.IsEmpty.ShouldBe(queue.Bytes == 0);
            }

            read.ShouldBe(added.Take(read.Count));
        }
    }
}
