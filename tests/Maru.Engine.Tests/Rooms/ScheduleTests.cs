using System.Text;

namespace Maru.Engine.Tests.Rooms;

/// <summary>
/// Subscribers that join, leave, stall and resume at random while others write: whatever happens, each sees its span dense, in order, once.
/// </summary>
public sealed class ScheduleTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Everyone_sees_every_entry_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        using var rig = new EngineRig(x =>
        {
            // Small enough that stalled readers fall out of the outbox, and often out of the tail.
            x.OutboxBytes = random.Next(2000, 12_000);
            (x.TailMinBytes, x.TailMaxBytes) = (2000, random.Next(4000, 40_000));
            x.PageBytes = random.Next(500, 6000);
            x.CommitBatch = random.Next(1, 60);
        });
        rig.Log.AddRoom(1, 7, 8);
        var seeded = random.Next(0, 300);
        rig.Log.Seed(1, seeded);
        var writers = new[] { await rig.ConnectAsync(7), await rig.ConnectAsync(8) };
        var writing = writers.Select((x, i) => Task.Run(() => WriteAsync(x, 600, seed + i))).ToArray();

        List<Reader> readers = [];
        for (var step = 0; step < 250; step++)
        {
            if (readers.Count < 6 || random.Next(8) == 0)
                readers.Add(await Reader.JoinAsync(rig, random, readers.Select(x => x.Last).Append(seeded).Max()));
            var reader = readers[random.Next(readers.Count)];
            switch (random.Next(5))
            {
                case 0:
                    reader.Client.Sink.SetWindow(0);
                    break;
                case 1:
                    reader.Client.Sink.SetWindow(random.Next(1, 4000));
                    break;
                case 2:
                    reader.Leave();
                    readers.Remove(reader);
                    break;
                default:
                    reader.Check();
                    break;
            }
        }

        await Task.WhenAll(writing);
        var last = rig.Log.Entries(1).Count;
        foreach (var reader in readers)
        {
            reader.Client.Sink.SetWindow(long.MaxValue);
            if (reader.First <= last) await reader.Client.SeqsAsync(last);
            reader.Check();
            (reader.Client.Seqs() is [.., var seq] ? seq : last).ShouldBe(last);
        }
    }

    private static async Task WriteAsync(StompClient writer, int messages, int seed)
    {
        var random = new Random(seed);
        for (var i = 1; i <= messages; i++)
        {
            await writer.SendAsync(StompClient.Say(1, new string('x', random.Next(1, 300)), $"r{i}"));
            if (random.Next(20) == 0) await writer.ReceiptAsync($"r{i}");
        }

        await writer.ReceiptAsync($"r{messages}");
    }

    private sealed class Reader(StompClient client, long first)
    {
        public StompClient Client => client;

        public long First => first;

        /// <summary>The newest seq that it was sent.</summary>
        public long Last => client.Seqs() is [.., var last] ? last : first - 1;

        public static async Task<Reader> JoinAsync(EngineRig rig, Random random, long last)
        {
            var client = await rig.ConnectAsync(random.Next(7, 9), $"1.{random.Next(3)}");
            // Up to what some client was sent already: a resume from there must not repeat anything.
            var after = random.Next(3) == 0 ? 0 : random.Next(0, (int)last + 1);
            await client.SendAsync(Encoding.ASCII.GetBytes($"SUBSCRIBE\nid:s\ndestination:/topic/rooms/1\nafter:{after}\n\n\0"));
            return new Reader(client, after + 1);
        }

        /// <summary>Checks that the entries so far have no gap and no double, and begin at the right seq.</summary>
        public void Check()
        {
            var seqs = client.Seqs();
            for (var i = 0; i < seqs.Length; i++)
                seqs[i].ShouldBe(
                    first + i,
                    $"after {string.Join(' ', seqs[Math.Max(0, i - 5)..i])} came "
                        + $"{string.Join(' ', seqs[i..Math.Min(seqs.Length, i + 12)])}");
        }

        public void Leave()
        {
            Check();
            client.Session.Closed();
        }
    }
}
