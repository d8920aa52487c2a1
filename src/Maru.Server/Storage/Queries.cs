using System.Data.Common;
using Dapper;

namespace Maru.Server.Storage;

/// <summary>
/// The few shapes that a slice's query has: rows as records, by column name (<c>avatar_url</c> is <c>AvatarUrl</c>). A write that answers a whole row selects it after
/// its UPDATE: SQLite does not tell the type of a NULL that RETURNING answers.
/// </summary>
internal static class Queries
{
    static Queries() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    extension(Database database)
    {
        public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? arguments, CancellationToken ct)
        {
            await using var connection = await database.OpenReadAsync(ct);
            return (await connection.QueryAsync<T>(new CommandDefinition(Dialect.Write(connection, sql), arguments, cancellationToken: ct))).AsList();
        }

        /// <summary>The first row; when there is none null, or zero for a number.</summary>
        public async Task<T?> FirstAsync<T>(string sql, object? arguments, CancellationToken ct)
        {
            await using var connection = await database.OpenReadAsync(ct);
            return await connection.QueryFirstOrDefaultAsync<T>(new CommandDefinition(Dialect.Write(connection, sql), arguments, cancellationToken: ct));
        }
    }

    extension(DbTransaction transaction)
    {
        public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? arguments, CancellationToken ct) =>
            (await transaction.Open.QueryAsync<T>(transaction.Command(sql, arguments, ct))).AsList();

        /// <inheritdoc cref="FirstAsync{T}(Database, string, object?, CancellationToken)"/>
        public Task<T?> FirstAsync<T>(string sql, object? arguments, CancellationToken ct) =>
            transaction.Open.QueryFirstOrDefaultAsync<T>(transaction.Command(sql, arguments, ct));

        /// <summary>Answers how many rows it changed.</summary>
        public Task<int> ExecuteAsync(string sql, object? arguments, CancellationToken ct) =>
            transaction.Open.ExecuteAsync(transaction.Command(sql, arguments, ct));

        private CommandDefinition Command(string sql, object? arguments, CancellationToken ct) => new(Dialect.Write(transaction.Open, sql), arguments, transaction, cancellationToken: ct);

        private DbConnection Open => transaction.Connection ?? throw new InvalidOperationException("The transaction is over.");
    }
}
