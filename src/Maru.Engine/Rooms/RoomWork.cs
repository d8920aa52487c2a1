using Maru.Engine.Connections;
using Maru.Engine.Log;

namespace Maru.Engine.Rooms;

/// <summary>A session asks for its user's membership, with what the store says of it.</summary>
/// <param name="user">whose</param>
/// <param name="state">read from the store</param>
/// <param name="known">seq of the last change of members that the room knew of before that: it is in the state, or nowhere</param>
internal sealed class Entering(UserId user, MembershipState state, long known)
{
    private readonly TaskCompletionSource<Membership?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public UserId User { get; } = user;

    public MembershipState State { get; } = state;

    /// <summary>Seq of the last change of members that the room knows of.</summary>
    public long Known { get; set; } = known;

    /// <summary>Membership changed in the room since <see cref="State"/> was read.</summary>
    public bool ReadAgain { get; set; }

    public Task<Membership?> Answer => _answer.Task;

    public void Complete(Membership? membership) => _answer.TrySetResult(membership);
}

/// <param name="After">the last seq that the client has; null: only what comes from now on</param>
/// <param name="Receipt">what the frame asked for, or null</param>
internal sealed record Subscribing(Subscription Subscription, long? After, byte[]? Receipt)
{
    /// <summary>What it counts for until the lane has done it.</summary>
    public int Bytes => 128 + (Receipt?.Length ?? 0);

    public void Done(FlushList flush)
    {
        if (Receipt is not null) Subscription.Connection.Acknowledge(Receipt, flush);
        Subscription.Connection.Landed(Bytes);
    }

    public void Refuse(Problem problem, FlushList flush)
    {
        Subscription.IsEnded = true;
        Subscription.Connection.Refuse(Receipt, problem, null, flush);
        Subscription.Connection.Landed(Bytes);
    }
}

internal sealed record Unsubscribing(Subscription Subscription, byte[]? Receipt)
{
    /// <summary>What it counts for until the lane has done it.</summary>
    public int Bytes => 128 + (Receipt?.Length ?? 0);

    public void Done(FlushList flush)
    {
        if (Receipt is not null) Subscription.Connection.Acknowledge(Receipt, flush);
        Subscription.Connection.Landed(Bytes);
    }
}

/// <summary>A piece of the log, read from the store.</summary>
/// <param name="After">where it begins: behind that seq</param>
/// <param name="Entries">none when it <paramref name="Failed"/>, or when the log ends there</param>
/// <param name="Failed">the store could not be read</param>
/// <param name="For">the subscription that waits for just this read, or null</param>
/// <param name="FillsGap">read because the tail misses it</param>
internal sealed record Page(long After, List<Entry> Entries, bool Failed, Subscribing? For, bool FillsGap);
