using System.Data.Common;
using Dapper;

namespace Maru.Server.Storage;

/// <summary>
/// The few shapes of a slice's query: rows as records, by column name (<c>avatar_url</c> is <c>AvatarUrl</c>). A write that returns a whole
/// row selects it after its UPDATE: SQLite does not tell the type of a NULL that RETURNING gives.
/// </summary>
internal static class Queries
{
    static Queries()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        // A list's length is part of the statement's text on SQLite: few lengths, few statements.
        SqlMapper.Settings.PadListExpansions = true;
    }

    extension(Database database)
    {
        public Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? arguments, CancellationToken ct) =>
            StoreTelemetry.ReadAsync(sql, async () =>
            {
                await using var connection = await database.OpenReadAsync(ct);
                return await ListAsync<T>(connection, Command(connection, sql, arguments));
            });

        /// <summary>Returns the first row; when there is none null, or zero for a number.</summary>
        public async Task<T?> FirstAsync<T>(string sql, object? arguments, CancellationToken ct) =>
            await database.ListAsync<T>(sql, arguments, ct) is [var first, ..] ? first : default;
    }

    extension(DbTransaction transaction)
    {
        public Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? arguments, CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            return StatementTimes.MeasureAsync(
                sql, () => ListAsync<T>(transaction.Open, Command(transaction.Open, sql, arguments, transaction)));
        }

        /// <inheritdoc cref="FirstAsync{T}(Database, string, object?, CancellationToken)"/>
        public async Task<T?> FirstAsync<T>(string sql, object? arguments, CancellationToken ct) =>
            await transaction.ListAsync<T>(sql, arguments, ct) is [var first, ..] ? first : default;

        /// <summary>Returns how many rows it changed.</summary>
        public Task<int> ExecuteAsync(string sql, object? arguments, CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            return StatementTimes.MeasureAsync(
                sql, () => transaction.Open.ExecuteAsync(Command(transaction.Open, sql, arguments, transaction)));
        }

        /// <inheritdoc cref="RowsAsync(DbConnection, string, object?)"/>
        public Task<DbDataReader> RowsAsync(string sql, object? arguments) =>
            RowsAsync(transaction.Open, Command(transaction.Open, sql, arguments, transaction));

        private DbConnection Open => transaction.Connection ?? throw new InvalidOperationException("The transaction is over.");
    }

    /// <summary>
    /// Makes a command that ignores cancellation: statements are short, and Npgsql would open a connection to cancel one, and block the
    /// event loop on it that noticed the client's leaving. Clients that asked and left by the hundred held up all others for seconds.
    /// </summary>
    public static CommandDefinition Command(DbConnection connection, string sql, object? arguments, DbTransaction? transaction = null) =>
        new(Dialect.Write(connection, sql), arguments, transaction);

    /// <summary>
    /// Runs a query whose rows are read by column. Its reader is the store's own, and not Dapper's around it, so that texts can be read as
    /// bytes (<see cref="Utf8Reader"/>); the command is over when the connection is.
    /// </summary>
    public static Task<DbDataReader> RowsAsync(DbConnection connection, string sql, object? arguments) =>
        StoreTelemetry.ReadAsync(sql, () => RowsAsync(connection, Command(connection, sql, arguments)));

    private static async Task<DbDataReader> RowsAsync(DbConnection connection, CommandDefinition command)
    {
        var reader = await connection.ExecuteReaderAsync(command);
        return reader is IWrappedDataReader { Reader: DbDataReader own } ? own : reader;
    }

    /// <summary>
    /// Reads all rows without blocking: this continues where the response arrived, on a socket's event loop (<see cref="EventLoop"/>), and
    /// a large response comes in parts. Dapper's own queries end with a blocking wait for the last part, which that loop would have to
    /// read.
    /// </summary>
    private static async Task<IReadOnlyList<T>> ListAsync<T>(DbConnection connection, CommandDefinition command)
    {
        List<T> rows = [];
        await using (var reader = await connection.ExecuteReaderAsync(command))
        {
            Func<DbDataReader, object>? parse = null;   // SQLite tells an expression's type by its value
            while (await reader.ReadAsync())
            {
                parse ??= reader.GetRowParser(typeof(T));
                rows.Add((T)parse(reader));
            }
        }

        await EventLoop.LeaveAsync();
        return rows;
    }
}
