using Maru.Server.Configuration;

namespace Maru.Server.Backup.Places;

/// <summary>
/// Where backups lie side by side: in a folder, or in a part of a bucket. Each has a name, and parts by theirs, of which the manifest comes
/// last: without it there is no backup. Contents of files never change, so that backups share them as well as the place can. One user, who
/// has claimed the place to write.
/// </summary>
/// <remarks>What fails is an <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</remarks>
internal interface IBackupPlace : IDisposable
{
    /// <summary>What the place is called, for people; of a backup too.</summary>
    string NameOf(string backup);

    /// <summary>Keeps all others from writing, until it is disposed of.</summary>
    /// <exception cref="StartException">Another one writes, or the place cannot be used.</exception>
    Task<IPlaceClaim> ClaimAsync(CancellationToken ct);

    /// <summary>
    /// Returns the backups that are named by their time, the oldest first, and the names of those that a program began and did not end.
    /// </summary>
    Task<(IReadOnlyList<string> Whole, IReadOnlyList<string> Broken)> ListAsync(CancellationToken ct);

    /// <summary>Begins a backup where there is none, by <see cref="BackupParts.Begun"/>.</summary>
    /// <exception cref="StartException">There is something.</exception>
    Task BeginAsync(string backup, CancellationToken ct);

    /// <exception cref="StartException">There is not room for so many bytes, as far as the place knows.</exception>
    void CheckRoom(long bytes);

    /// <exception cref="StartException">The place cannot have a part of that name.</exception>
    void CheckName(string part);

    /// <summary>Returns where a part lies on this machine; null: it does not.</summary>
    string? PathOf(string backup, string part);

    /// <summary>Stores a part, durable when it completes, but for its name.</summary>
    /// <param name="backup">its backup</param>
    /// <param name="part">its name</param>
    /// <param name="from">has it, from here to its end</param>
    /// <param name="size">bytes of it; null: nobody knows</param>
    /// <param name="ct">ends it</param>
    Task PutAsync(string backup, string part, Stream from, long? size, CancellationToken ct);

    /// <summary>Returns a part to read asynchronously; null: there is none.</summary>
    Task<Stream?> OpenAsync(string backup, string part, CancellationToken ct);

    /// <summary>Returns what is there of a backup, and contents that it shares, with their bytes.</summary>
    IAsyncEnumerable<(string Part, long Size)> PartsAsync(string backup, CancellationToken ct);

    /// <summary>Returns contents that a new backup can share, with their bytes.</summary>
    /// <param name="earlier">the newest one before; null: there is none</param>
    IAsyncEnumerable<(string Part, long Size)> SharedAsync(string? earlier, CancellationToken ct);

    /// <summary>Takes a part of what <see cref="SharedAsync"/> returned; false: it cannot be.</summary>
    bool TryShare(string backup, string part, string? earlier);

    /// <summary>Takes a content out of a backup that is being made.</summary>
    /// <param name="isShared">it was not put</param>
    Task LeaveOutAsync(string backup, string part, bool isShared, CancellationToken ct);

    /// <summary>Makes it a backup: the names of all parts are durable, and then the manifest comes to its own.</summary>
    Task SealAsync(string backup, byte[] manifest, CancellationToken ct);

    /// <summary>Removes a backup, its manifest first: what is half gone is none. Contents in a bucket are left to others.</summary>
    Task RemoveAsync(string backup, CancellationToken ct);

    /// <summary>Removes contents that no backup has.</summary>
    Task RemoveSharedAsync(IReadOnlyCollection<string> parts, CancellationToken ct);
}

/// <summary>Keeps other writers from a place.</summary>
internal interface IPlaceClaim : IAsyncDisposable
{
    /// <summary>It was lost: what is written from now on may be another one's.</summary>
    CancellationToken Lost { get; }

    /// <summary>Looks once more whether nobody else writes, before what was written counts.</summary>
    /// <exception cref="StartException">Another one does.</exception>
    Task CheckAsync(CancellationToken ct);
}
