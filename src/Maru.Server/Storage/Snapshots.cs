using System.Data;
using System.Data.Common;

namespace Maru.Server.Storage;

/// <summary>Several reads of one state of the store.</summary>
internal static class Snapshots
{
    extension(Database database)
    {
        /// <summary>Runs reads that all see the store as it is at the first of them. They keep no writer waiting.</summary>
        public async Task<T> ReadAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> read, CancellationToken ct)
        {
            await using var connection = await database.OpenReadAsync(ct);
            await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
            return await read(snapshot, ct);
        }
    }
}
