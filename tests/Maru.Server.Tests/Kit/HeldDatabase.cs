using System.Data.Common;
using Maru.Engine.Problems;
using Maru.Server.Configuration;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Sessions;
using Maru.Server.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maru.Server.Tests.Kit;

/// <summary>The real store, whose writes and reads a test can hold: so a test meets what otherwise only a race would. Any thread.</summary>
internal sealed class HeldDatabase : Database
{
    private Database? _store;
    private volatile Hold? _begin;
    private volatile Hold? _commit;
    private volatile Hold? _read;
    private int _reads;
    private int _lost;

    public override string Name => Store.Name;

    /// <summary>Reads that have begun.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public override string Folder => Store.Folder;

    public override string Clock => Store.Clock;

    public override bool TellsWhoRuns => Store.TellsWhoRuns;

    /// <summary>A server with it between the accounts and their store.</summary>
    public static async Task<(MaruServer Server, HeldDatabase Store)> StartAsync(ManualTime? time, params string[] settings)
    {
        var held = new HeldDatabase();
        return (await MaruServer.StartAsync(time, held.UseForAccounts, settings), held);
    }

    /// <summary>Puts it between a server's accounts and their store.</summary>
    public void UseForAccounts(IServiceCollection services)
    {
        Use<AccountStore>(services);
        Use<SessionStore>(services);
    }

    /// <summary>Puts it between a server's service and the store.</summary>
    public void Use<T>(IServiceCollection services)
        where T : class => services.Replace(ServiceDescriptor.Singleton(provider =>
        {
            _store = provider.GetRequiredService<Database>();   // a server that starts again has another one
            return ActivatorUtilities.CreateInstance<T>(provider, this);
        }));

    /// <summary>Holds that many of the next writes before they begin.</summary>
    public Hold HoldWrites(int count) => _begin = new Hold(count);

    /// <summary>Holds that many of the next writes when all but their commit is done.</summary>
    public Hold HoldCommits(int count) => _commit = new Hold(count);

    /// <summary>Holds that many of the next reads before they begin.</summary>
    /// <param name="count">how many</param>
    /// <param name="after">so many others, which pass</param>
    public Hold HoldReads(int count, int after = 0) => _read = new Hold(count, after);

    /// <summary>Commits the next write and tells its caller that the store went away.</summary>
    public void LoseAnswer() => _lost = 1;

    public override async ValueTask<DbConnection> OpenReadAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _reads);
        if (_read is { } read) await read.PassAsync();
        return await Store.OpenReadAsync(ct);
    }

    protected override async Task<T> TransactAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> write, CancellationToken ct)
    {
        if (_begin is { } begin) await begin.PassAsync();
        var commit = _commit;
        var result = await Store.WriteAsync(
            async (transaction, inner) =>
            {
                var made = await write(transaction, inner);
                if (commit is not null) await commit.PassAsync();
                return made;
            },
            ct);
        return Interlocked.Exchange(ref _lost, 0) == 0 ? result : throw new Npgsql.NpgsqlException("The answer to COMMIT is lost.");
    }

    public override Task InsertAsync(string table, string[] columns, IEnumerable<object?[]> rows, CancellationToken ct) =>
        Store.InsertAsync(table, columns, rows, ct);

    public override Task LockSchemaAsync(DbTransaction transaction, CancellationToken ct) =>
        Store.LockSchemaAsync(transaction, ct);

    /// <summary>Nothing to do: the store is the server's.</summary>
    public override Problem ProblemOf(DbException e) => Store.ProblemOf(e);

    public override StartException Unusable(DbException e) => Store.Unusable(e);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Database Store => _store ?? throw new InvalidOperationException("The server has not started.");

    /// <summary>Some writes or reads that wait for the test; those that come later pass.</summary>
    internal sealed class Hold(int count, int after = 0)
    {
        private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _before = after;
        private int _left = count;

        /// <summary>Ends when all of them wait.</summary>
        public Task Arrived => _arrived.Task.Within("the store to be asked");

        /// <summary>Lets them go on; a repeat changes nothing.</summary>
        public void Release() => _released.TrySetResult();

        public Task PassAsync()
        {
            if (Interlocked.Decrement(ref _before) >= 0) return Task.CompletedTask;
            var left = Interlocked.Decrement(ref _left);
            if (left < 0) return Task.CompletedTask;
            if (left == 0) _arrived.SetResult();
            return _released.Task;
        }
    }
}
