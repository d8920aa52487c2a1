using System.Threading.Channels;
using Maru.Engine;

namespace Maru.Server.Features.LinkPreviews;

/// <summary>
/// Messages whose links wait for a worker. One person has a quarter of the places and of the workers at most, and people take turns: links
/// to sites that never answer hold up those of their sender, and nobody else's. Full: the message gets no previews. Any thread.
/// </summary>
internal sealed class PreviewQueue(LinkPreviewOptions options)
{
    private const int Quarter = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<UserId, Sender> _senders = [];      // those with messages that wait or run
    private readonly Channel<Sender> _turns = Channel.CreateUnbounded<Sender>();        // one of each for a message that waits
    private readonly int _placesEach = Math.Max(1, options.Queue / Quarter);
    private readonly int _workersEach = Math.Max(1, options.Workers / Quarter);
    private int _waiting;

    public int Senders
    {
        get
        {
            lock (_lock) return _senders.Count;
        }
    }

    /// <summary>Adds a message; false: there is no place.</summary>
    public bool TryAdd(UserId id, RoomId room, long seq)
    {
        lock (_lock)
        {
            var sender = _senders.GetValueOrDefault(id);
            if (_waiting >= options.Queue || sender?.Waiting.Count >= _placesEach) return false;
            if (sender is null) _senders.Add(id, sender = new Sender(id));
            sender.Waiting.Enqueue((room, seq));
            _waiting++;
            Call(sender);
            return true;
        }
    }

    /// <summary>Waits for a message whose turn it is; <see cref="Done"/> ends it.</summary>
    public async Task<Turn> NextAsync(CancellationToken ct)
    {
        var sender = await _turns.Reader.ReadAsync(ct);
        lock (_lock)
        {
            sender.Called--;
            sender.Running++;
            _waiting--;
            var (room, seq) = sender.Waiting.Dequeue();
            return new Turn(sender, room, seq);
        }
    }

    public void Done(Turn turn)
    {
        var sender = turn.Sender;
        lock (_lock)
        {
            sender.Running--;
            Call(sender);
            if (sender.Running == 0 && sender.Waiting.Count == 0) _senders.Remove(sender.Id);
        }
    }

    /// <summary>Gives the sender's next message a turn, behind those of others, where the sender may have one more.</summary>
    private void Call(Sender sender)
    {
        if (sender.Called == sender.Waiting.Count || sender.Called + sender.Running == _workersEach) return;
        sender.Called++;
        _turns.Writer.TryWrite(sender);
    }

    /// <summary>A message that a worker has.</summary>
    internal sealed record Turn(Sender Sender, RoomId Room, long Seq);

    /// <summary>Somebody's messages.</summary>
    internal sealed class Sender(UserId id)
    {
        public UserId Id { get; } = id;

        public Queue<(RoomId Room, long Seq)> Waiting { get; } = [];

        /// <summary>How many of those that wait have a turn.</summary>
        public int Called { get; set; }

        public int Running { get; set; }
    }
}
