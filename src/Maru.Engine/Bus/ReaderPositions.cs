namespace Maru.Engine.Bus;

/// <summary>Read positions of a room that have moved: of each reader the newest, and at most <see cref="Most"/> readers.</summary>
public sealed class ReaderPositions
{
    /// <summary>Readers of one room that are told of at once.</summary>
    public const int Most = 100;

    private readonly Dictionary<UserId, ReaderPosition> _newest = [];

    public IReadOnlyCollection<ReaderPosition> All => _newest.Values;

    /// <summary>True when others have moved too, who are left out.</summary>
    public bool HasMore { get; set; }

    /// <summary>Bytes that it counts for while it waits.</summary>
    public int Bytes => 64 + (_newest.Count * 64);

    /// <summary>Adds a position, in place of an older one of the same reader; false: there are too many readers.</summary>
    public bool TryAdd(in ReaderPosition position)
    {
        if (_newest.TryGetValue(position.User, out var known))
        {
            if (known.Version >= position.Version) return true;
        }
        else if (_newest.Count == Most)
        {
            HasMore = true;
            return false;
        }

        _newest[position.User] = position;
        return true;
    }
}

/// <summary>How far a member has read in a room.</summary>
/// <param name="User">the member</param>
/// <param name="Seq">the last entry that they have read</param>
/// <param name="Version">grows with each move of this member's position</param>
public readonly record struct ReaderPosition(UserId User, long Seq, long Version);
