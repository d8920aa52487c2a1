using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Engine.Commit;

/// <summary>
/// Keeps the rules of rooms that are slow or read-only, for one batch after the other. Only the commit can: it alone knows the order of
/// what comes at the same moment from several tabs and nodes. Times are those of the log, which do not go back. One thread.
/// </summary>
internal sealed class SlowTurns(ILogFacts facts)
{
    private const int Second = 1000;    // milliseconds

    private readonly Dictionary<(RoomId Room, UserId User), long> _taken = [];

    /// <summary>Who has written in slow rooms in this batch, and when: each once.</summary>
    public Dictionary<(RoomId Room, UserId User), long> Taken => _taken;

    public void Clear() => _taken.Clear();

    /// <summary>Returns why the message may not be written now; null: it may.</summary>
    public Refusal? Refuse(MessageDraft draft, LogHead head)
    {
        var writer = facts.FindWriter(draft.Room, draft.Actor);
        if (writer.IsLed) return null;
        if (head.Rules.IsReadOnly) return Problem.ReadOnly;
        var wroteAt = _taken.GetValueOrDefault((draft.Room, draft.Actor), writer.WroteAt);
        var wait = wroteAt + (head.Rules.SlowMode * (long)Second) - head.At;
        if (wait <= 0) return null;
        var seconds = (int)((wait + Second - 1) / Second);
        return new Refusal(Problem.SlowMode, $"You may send the next message in {seconds} s.") { RetryAfter = seconds };
    }

    /// <summary>Counts a message that is appended.</summary>
    public void Take(MessageDraft draft, LogHead head)
    {
        if (head.Rules.SlowMode > 0 && !facts.FindWriter(draft.Room, draft.Actor).IsLed) _taken[(draft.Room, draft.Actor)] = head.At;
    }

    /// <summary>Takes back the count of a message: it was the only one of its sender, or it would have been refused.</summary>
    public void Return(MessageDraft draft) => _taken.Remove((draft.Room, draft.Actor));
}
