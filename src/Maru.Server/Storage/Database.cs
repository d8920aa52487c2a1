using System.Data.Common;
using Maru.Engine.Problems;
using Maru.Server.Configuration;

namespace Maru.Server.Storage;

/// <summary>The store: SQLite in the process for one node, PostgreSQL for many. Any thread.</summary>
internal abstract class Database : IAsyncDisposable
{
    /// <summary>The name of the store in messages to the operator; without a password.</summary>
    public abstract string Name { get; }

    /// <summary>The beginning of its migrations' resource names.</summary>
    public abstract string Folder { get; }

    /// <summary>The store's own clock in SQL, unix milliseconds: the same for all nodes.</summary>
    public abstract string Clock { get; }

    /// <summary>
    /// True when the store tells which servers run on it: they are rows of <c>nodes</c>, or this process has claimed it. False: a server of
    /// an unknown version may run on it.
    /// </summary>
    public abstract bool TellsWhoRuns { get; }

    /// <summary>Reaches the store for the first time: what is wrong with its settings, certificates and password file shows here.</summary>
    /// <exception cref="StartException">It cannot be reached as it is set up.</exception>
    public virtual Task ReachAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Opens a connection for reading only.</summary>
    public abstract ValueTask<DbConnection> OpenReadAsync(CancellationToken ct);

    /// <summary>
    /// Runs <paramref name="write"/> in one transaction. It is durable when the task completes, and undone when <paramref name="write"/>
    /// throws. It runs twice where the store gave the transaction up for another one's sake, so it must not count on its first run.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> write, CancellationToken ct) =>
        StoreTelemetry.WriteAsync(() => TransactAsync(write, ct));

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<DbTransaction, CancellationToken, Task> write, CancellationToken ct) =>
        WriteAsync(
            async (transaction, token) =>
            {
                await write(transaction, token);
                return true;
            },
            ct);

    /// <summary>
    /// Inserts many rows at once, ids included, in one transaction: for commands that fill a store. Values are long, string, byte[] or
    /// null.
    /// </summary>
    public abstract Task InsertAsync(string table, string[] columns, IEnumerable<object?[]> rows, CancellationToken ct);

    /// <summary>Looks at what was filled in, so that queries are planned for it at once and not a minute later.</summary>
    public virtual Task AnalyzeAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Runs the first statement of a transaction that changes the schema: lets one node after the other do it.</summary>
    public abstract Task LockSchemaAsync(DbTransaction transaction, CancellationToken ct);

    /// <summary>Returns whether a restore into the store has not come to its end.</summary>
    public virtual Task<bool> IsRestoringAsync(DbTransaction transaction, CancellationToken ct) => Task.FromResult(false);

    /// <summary>Returns the problem that a client gets when the store failed; the log has the rest.</summary>
    public abstract Problem ProblemOf(DbException e);

    /// <summary>Returns the message to the operator about a store that cannot be used.</summary>
    public virtual StartException Unusable(DbException e) => new($"The store {Name} cannot be used: {e.Message}", e);

    public abstract ValueTask DisposeAsync();

    /// <inheritdoc cref="WriteAsync{T}"/>
    protected abstract Task<T> TransactAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> write, CancellationToken ct);
}
