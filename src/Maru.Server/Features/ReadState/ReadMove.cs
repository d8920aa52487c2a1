using Maru.Engine;
using Maru.Engine.Log;
using Maru.Engine.Problems;

namespace Maru.Server.Features.ReadState;

/// <summary>
/// Where a member's position shall go, and who waits for it. Moves of one member that come while another is waiting become one, with the
/// same result as one after the other.
/// </summary>
internal sealed class ReadMove(RoomId room, UserId user, ReadMark mark)
{
    private readonly TaskCompletionSource<Problem?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RoomId Room => room;

    public UserId User => user;

    /// <summary>The position: at least this one or, when it may move back, this very one.</summary>
    public ReadMark Mark { get; private set; } = mark;

    /// <summary>Completes when it is durable (null), or with the reason why not.</summary>
    public Task<Problem?> Done => _done.Task;

    /// <summary>Lets the move that comes after this one go together with it.</summary>
    public void Follow(ReadMark next)
    {
        if (next.IsBack) Mark = next;
        else Mark = Mark with { Seq = Math.Max(Mark.Seq, next.Seq) };
    }

    public void Settle(Problem? problem) => _done.TrySetResult(problem);

    public void Fail(Exception e) => _done.TrySetException(e);
}
