using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Maru.Engine.Bus;
using Maru.Engine.Connections;
using Maru.Engine.Log;
using Maru.Engine.People;
using Maru.Engine.Rooms;
using Microsoft.Extensions.Logging;

namespace Maru.Engine.Tests.Kit;

/// <summary>
/// A real engine on a log in memory and a clock that stands still.
/// Tokens read <c>user</c> or <c>user.session</c>, with <c>~seconds</c> behind when they expire; anything else is a bad one.
/// At its end nothing may have been logged as an error but what the test expected.
/// </summary>
internal sealed class EngineRig : IDisposable
{
    private readonly ErrorLog _errors = new();
    private bool _stopped;

    public EngineRig(Action<EngineOptions>? set = null, IBus? bus = null, MemoryRoomLog? log = null)
    {
        Log = log ?? new MemoryRoomLog();
        var options = new EngineOptions { Lanes = 2, MessagesPerSecond = 0 };
        set?.Invoke(options);
        Engine = new ChatEngine(options, Log, bus ?? new LocalBus(), AuthenticateAsync, (user, ct) => Snapshot(user, ct), Time, _errors);
        Engine.Start();
    }

    public MemoryRoomLog Log { get; }

    public ManualTime Time { get; } = new();

    public ChatEngine Engine { get; }

    /// <summary>Runs before the authenticator returns; a test may make it wait or throw.</summary>
    public Func<Task> BeforeAuthentication { get; set; } = () => Task.CompletedTask;

    /// <summary>What the subscriptions to users' own events begin with.</summary>
    public UserSnapshot Snapshot { get; set; } = (_, _) => new([]);

    /// <summary>Errors logged so far; taking them means that the test expected them.</summary>
    public string[] TakeErrors() => _errors.Take();

    /// <summary>Warnings logged since the last call.</summary>
    public string[] TakeWarnings() => _errors.TakeWarnings();

    public StompClient NewClient(MemorySink? sink = null) => new(this, sink ?? new MemorySink());

    /// <summary>A client that is connected as that user.</summary>
    public async Task<StompClient> ConnectAsync(long user, string version = "1.2", MemorySink? sink = null)
    {
        var client = NewClient(sink);
        await client.ConnectAsync(user.ToString(CultureInfo.InvariantCulture), version);
        return client;
    }

    /// <summary>Appends a membership change and waits until it is committed, and applied to the room.</summary>
    public async Task ApplyAsync(MemberDraft draft)
    {
        await Engine.AppendAsync(draft);
        await draft.Settled.Within("the membership change");
    }

    public Room? FindRoom(long room) => Engine.Rooms.TryGet(new RoomId(room), out var found) ? found : null;

    public void Stop()
    {
        if (_stopped) return;
        _stopped = true;
        Log.ResumeAppends();
        Log.ResumeReads();
        Engine.Stop();
    }

    public void Dispose()
    {
        Stop();
        Engine.Dispose();
        TakeErrors().ShouldBeEmpty();
    }

    private async ValueTask<Identity?> AuthenticateAsync(string token, IPAddress? address, CancellationToken ct)
    {
        await BeforeAuthentication();
        var parts = token.Split('~');
        var name = parts[0].Split('.');
        if (!long.TryParse(name[0], CultureInfo.InvariantCulture, out var user)) return null;
        var (session, expires) = (1L, 3600);
        if (name.Length > 1 && !long.TryParse(name[1], CultureInfo.InvariantCulture, out session)) return null;
        if (parts.Length > 1 && !int.TryParse(parts[1], CultureInfo.InvariantCulture, out expires)) return null;
        return new Identity(
            new UserId(user), session, TimeSpan.FromSeconds(expires), MessageJson.User(new UserId(user), $"u{user}", $"User {user}", null));
    }

    private sealed class ErrorLog : ILogger<ChatEngine>
    {
        private readonly ConcurrentQueue<string> _errors = new();
        private readonly ConcurrentQueue<string> _warnings = new();

        public string[] Take() => Take(_errors);

        public string[] TakeWarnings() => Take(_warnings);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error) _errors.Enqueue($"{formatter(state, exception)} {exception}");
            else if (logLevel == LogLevel.Warning) _warnings.Enqueue(formatter(state, exception));
        }

        private static string[] Take(ConcurrentQueue<string> from)
        {
            var taken = from.ToArray();
            from.Clear();
            return taken;
        }
    }
}
