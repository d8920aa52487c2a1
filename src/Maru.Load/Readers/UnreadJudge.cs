using System.Text.Json;
using Maru.Load.Measuring;
using Maru.Load.Verification;

namespace Maru.Load.Readers;

/// <summary>Compares what people were told with what was true, once the run has stopped.</summary>
/// <param name="rooms">the rooms' ids, by index</param>
/// <param name="starts">their last seqs before the run</param>
/// <param name="truths">their messages</param>
/// <param name="end">when the run stopped</param>
internal sealed class UnreadJudge(IReadOnlyList<long> rooms, IReadOnlyList<long> starts, IReadOnlyList<RoomTruth> truths, long end)
{
    private const int MostExamples = 10;

    private readonly Lock _lock = new();
    private readonly List<string> _examples = [];
    private readonly Histogram _wrongFor = new();
    private readonly Histogram _delays = new();
    private long _events;
    private long _wrong;
    private long _backwards;
    private long _wrongAtEnd;
    private long _wrongOverRest;

    /// <summary>Judges all tabs of a person.</summary>
    public void Judge(Person person)
    {
        foreach (var room in person.Rooms)
        {
            var truth = TruthOf(person, room);
            foreach (var tab in person.Tabs) Judge(tab, person, room, truth);
        }
    }

    /// <summary>Judges what a person is told over REST. Any thread.</summary>
    public async Task JudgeRestAsync(Person person, HistoryReader rest, CancellationToken ct)
    {
        using var list = await rest.GetAsync("/api/me/rooms?limit=200", person.Token, ct);
        using var total = await rest.GetAsync("/api/me/unread", person.Token, ct);
        var items = list.RootElement.GetProperty("items").EnumerateArray().ToDictionary(x => x.GetProperty("id").GetInt64());
        lock (_lock)
        {
            var sum = 0L;
            foreach (var room in person.Rooms)
            {
                var right = TruthOf(person, room).Final;
                sum += right;
                var told = items.TryGetValue(rooms[room], out var item) ? item.GetProperty("unread").GetInt64() : -1;
                if (told != right)
                    Count(ref _wrongOverRest, $"room {rooms[room]}, client {person.Number}: {told} over REST, right is {right}");
                CheckMentions(item, person, room);
            }

            var all = total.RootElement.GetProperty("unread").GetInt64();
            if (all != sum) Count(ref _wrongOverRest, $"client {person.Number}: {all} in all over REST, right is {sum}");
        }
    }

    public ReaderFindings Found() => new()
    {
        Events = _events,
        Wrong = _wrong,
        Backwards = _backwards,
        WrongAtEnd = _wrongAtEnd,
        WrongOverRest = _wrongOverRest,
        WrongFor = _wrongFor,
        Delays = _delays,
        Examples = _examples,
    };

    private UnreadTruth TruthOf(Person person, int room) => new(truths[room].OfOthers(person.Number), person.MovesIn(room));

    private void Judge(TabLog tab, Person person, int room, UnreadTruth truth)
    {
        var until = Math.Min(tab.EndedAt, end);
        if (tab.ReadyAt >= until) return;
        var (told, last) = (tab.Of(rooms[room]), starts[room]);
        // Before the first event it shows 0, once the snapshot is there.
        if (told.Count == 0 || told[0].At > tab.ReadyAt) Show(0, tab.ReadyAt, told.Count == 0 ? until : told[0].At);
        for (var i = 0; i < told.Count && told[i].At < end; i++)
        {
            var one = told[i];
            _events++;
            if (!truth.WasEver(one) || one.Mentions != 0)
                Count(ref _wrong, $"room {rooms[room]}, client {person.Number}: {one.Unread} unread up to seq {one.LastSeq} was never so");
            if (one.LastSeq < last && one.At > tab.ReadyAt + Ticks.PerSecond) _backwards++;
            var due = truth.DueSince(last, one.LastSeq);
            if (due > tab.ReadyAt) _delays.Record(one.At - due);
            last = Math.Max(last, one.LastSeq);
            Show(one.Unread, one.At, i + 1 < told.Count ? told[i + 1].At : until);
        }

        var shown = told.Count == 0 ? 0 : told[^1].Unread;
        if (tab.EndedAt >= end && shown != truth.Final)
            Count(ref _wrongAtEnd, $"room {rooms[room]}, client {person.Number}: shows {shown} at the end, right is {truth.Final}");

        void Show(long unread, long from, long to) => _wrongFor.Record(truth.WrongFor(unread, from, to));
    }

    // Nobody is mentioned: the messages of a run have no '@'. When they get some, the recount of them belongs beside UnreadTruth.
    private void CheckMentions(JsonElement item, Person person, int room)
    {
        if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("mentions", out var mentions) && mentions.GetInt64() != 0)
            Count(ref _wrongOverRest, $"room {rooms[room]}, client {person.Number}: {mentions} mentions over REST, right is 0");
    }

    private void Count(ref long faults, string example)
    {
        faults++;
        if (_examples.Count < MostExamples) _examples.Add(example);
    }
}
