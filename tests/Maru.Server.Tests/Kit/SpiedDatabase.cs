using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Maru.Engine.Problems;
using Maru.Server.Configuration;
using Maru.Server.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maru.Server.Tests.Kit;

/// <summary>A statement that read the store.</summary>
internal sealed record SpiedRead(string Sql, IReadOnlyDictionary<string, object?> Arguments);

/// <summary>The real store, which remembers the statements that read it: so a test sees what a request costs. One at a time.</summary>
internal sealed class SpiedDatabase : Database
{
    private Database? _store;

    public List<SpiedRead> Reads { get; } = [];

    public override string Name => Store.Name;

    public override string Folder => Store.Folder;

    public override string Clock => Store.Clock;

    public override bool TellsWhoRuns => Store.TellsWhoRuns;

    public Database Store => _store ?? throw new InvalidOperationException("The server has not started.");

    /// <summary>Puts it between a server's service and the store.</summary>
    public void Use<T>(IServiceCollection services)
        where T : class => services.Replace(ServiceDescriptor.Singleton(provider =>
        {
            _store = provider.GetRequiredService<Database>();
            return ActivatorUtilities.CreateInstance<T>(provider, this);
        }));

    public override async ValueTask<DbConnection> OpenReadAsync(CancellationToken ct) =>
        new Connection(await Store.OpenReadAsync(ct), Reads);

    protected override Task<T> TransactAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> write, CancellationToken ct) =>
        Store.WriteAsync(write, ct);

    public override Task InsertAsync(string table, string[] columns, IEnumerable<object?[]> rows, CancellationToken ct) =>
        Store.InsertAsync(table, columns, rows, ct);

    public override Task LockSchemaAsync(DbTransaction transaction, CancellationToken ct) => Store.LockSchemaAsync(transaction, ct);

    public override Problem ProblemOf(DbException e) => Store.ProblemOf(e);

    public override StartException Unusable(DbException e) => Store.Unusable(e);

    /// <summary>Nothing to do: the store is the server's.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Connection(DbConnection inner, List<SpiedRead> reads) : DbConnection
    {
        [AllowNull]
        public override string ConnectionString { get => inner.ConnectionString; set => inner.ConnectionString = value; }

        public override string Database => inner.Database;

        public override string DataSource => inner.DataSource;

        public override string ServerVersion => inner.ServerVersion;

        public override ConnectionState State => inner.State;

        protected override DbProviderFactory? DbProviderFactory => DbProviderFactories.GetFactory(inner);

        public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

        public override void Open() => inner.Open();

        public override void Close() => inner.Close();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => inner.BeginTransaction(isolationLevel);

        protected override DbCommand CreateDbCommand() => new Command(inner.CreateCommand(), reads);

        /// <summary>Once alone: the store lends the connection to the next reader.</summary>
        [SuppressMessage("Usage", "CA2215", Justification = "The base class disposes of it a second time.")]
        public override ValueTask DisposeAsync() => inner.DisposeAsync();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class Command(DbCommand inner, List<SpiedRead> reads) : DbCommand
    {
        [AllowNull]
        public override string CommandText { get => inner.CommandText; set => inner.CommandText = value; }

        public override int CommandTimeout { get => inner.CommandTimeout; set => inner.CommandTimeout = value; }

        public override CommandType CommandType { get => inner.CommandType; set => inner.CommandType = value; }

        public override bool DesignTimeVisible { get => inner.DesignTimeVisible; set => inner.DesignTimeVisible = value; }

        public override UpdateRowSource UpdatedRowSource { get => inner.UpdatedRowSource; set => inner.UpdatedRowSource = value; }

        protected override DbConnection? DbConnection { get => inner.Connection; set => inner.Connection = value; }

        protected override DbParameterCollection DbParameterCollection => inner.Parameters;

        protected override DbTransaction? DbTransaction { get => inner.Transaction; set => inner.Transaction = value; }

        public override void Cancel() => inner.Cancel();

        public override void Prepare() => inner.Prepare();

        public override int ExecuteNonQuery() => inner.ExecuteNonQuery();

        public override object? ExecuteScalar() => inner.ExecuteScalar();

        protected override DbParameter CreateDbParameter() => inner.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            Remember();
            return inner.ExecuteReader(behavior);
        }

        protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        {
            Remember();
            return inner.ExecuteReaderAsync(behavior, cancellationToken);
        }

        [SuppressMessage("Usage", "CA2215", Justification = "The base class disposes of it a second time.")]
        public override ValueTask DisposeAsync() => inner.DisposeAsync();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        private void Remember()
        {
            var arguments = inner.Parameters.Cast<DbParameter>()
                .ToDictionary(x => x.ParameterName, x => x.Value is DBNull ? null : x.Value);
            lock (reads) reads.Add(new SpiedRead(inner.CommandText, arguments));
        }
    }
}
