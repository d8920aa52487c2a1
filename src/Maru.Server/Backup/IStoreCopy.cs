using System.Data.Common;
using Maru.Server.Configuration;

namespace Maru.Server.Backup;

/// <summary>The store as a part of a backup: of SQLite its file, of PostgreSQL what <c>pg_dump</c> writes. One user.</summary>
internal interface IStoreCopy
{
    /// <summary>The kind of store in the manifest.</summary>
    string Kind { get; }

    /// <summary>The name of the part.</summary>
    string FileName { get; }

    /// <summary>Bytes that the copy may have; 0: nothing tells.</summary>
    Task<long> SizeAsync(CancellationToken ct);

    /// <summary>Copies the store as the snapshot sees it.</summary>
    /// <param name="snapshot">has read something already</param>
    Task CopyAsync(DbTransaction snapshot, BackupWriter target, BackupProgress progress, CancellationToken ct);

    /// <summary>Ends the copy, when the snapshot is over: it is a part of the backup then.</summary>
    Task CompleteAsync(BackupWriter target, CancellationToken ct);

    /// <summary>Looks whether a store can be restored, before anything is made.</summary>
    /// <exception cref="StartException">There is something where it would be restored to.</exception>
    Task CheckEmptyAsync(CancellationToken ct);

    /// <summary>Keeps servers away from here to the end of the restore, where there is nothing.</summary>
    /// <exception cref="StartException">There is something.</exception>
    Task ClaimAsync(RestoreRequest request);

    /// <summary>Makes the store of the backup's copy, before it is opened for the first time.</summary>
    Task PutBackAsync(RestoreRequest request);

    /// <summary>Gives a claim up after a failure, where nothing of the store was made but files of the request.</summary>
    Task UndoAsync();

    /// <summary>
    /// Ends a restore, while the store is open: its own part of what keeps servers away. Not to be cancelled: nobody would know whether
    /// they come.
    /// </summary>
    Task ReleaseAsync();

    /// <summary>Ends a restore, when the store is closed: it is where servers look for it.</summary>
    void Place();
}
