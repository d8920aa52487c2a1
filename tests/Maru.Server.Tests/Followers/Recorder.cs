using System.Collections.Concurrent;
using System.Text.Json;
using Maru.Engine;
using Maru.Engine.Log;
using Maru.Server.Followers;

namespace Maru.Server.Tests.Followers;

/// <summary>Remembers what it was given, in order. Fails and waits on command. Any thread.</summary>
internal sealed class Recorder(string name = "recorder", FollowerStart start = FollowerStart.Now) : LogFollower
{
    private readonly ConcurrentQueue<Entry> _taken = new();
    private readonly ConcurrentDictionary<long, bool> _working = new();
    private TaskCompletionSource _changed = New();

    public override string Name => name;

    public override FollowerStart Start => start;

    /// <summary>Returns the exception that it throws, or null.</summary>
    public Func<RoomId, Exception?> Fault { get; set; } = _ => null;

    /// <summary>Returns the task that it waits for, in that room.</summary>
    public Func<RoomId, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Makes durable what it took.</summary>
    public Func<Task> Flush { get; set; } = () => Task.CompletedTask;

    /// <summary>The rooms of its calls, successful or not.</summary>
    public ConcurrentQueue<long> Calls { get; } = new();

    public Entry[] Taken => [.. _taken];

    public long[] Seqs(long room) => [.. from entry in _taken where entry.Room.Value == room select entry.Seq];

    /// <summary>The texts of the messages of a room.</summary>
    public string[] Texts(long room) =>
    [
        .. from entry in _taken
           where entry.Room.Value == room && entry.Kind == EntryKind.MessageCreated
           select JsonDocument.Parse(entry.Body).RootElement.GetProperty("message").GetProperty("text").GetString(),
    ];

    public override async Task TakeAsync(RoomId room, IReadOnlyList<Entry> entries, CancellationToken ct)
    {
        Calls.Enqueue(room.Value);
        _working.TryAdd(room.Value, true).ShouldBeTrue("a room's entries come one after the other");
        try
        {
            await Before(room).WaitAsync(ct);
            if (Fault(room) is { } fault) throw fault;
            foreach (var entry in entries) _taken.Enqueue(entry);
        }
        finally
        {
            _working.TryRemove(room.Value, out _);
            Interlocked.Exchange(ref _changed, New()).SetResult();
        }
    }

    public override Task FlushAsync(CancellationToken ct) => Flush();

    /// <summary>Until it was given that entry of the room.</summary>
    public Task TakenAsync(long room, long seq) => UntilAsync(() => Seqs(room).Contains(seq), $"entry {seq} of room {room}");

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (condition()) return;
            await changed.Within(what);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
