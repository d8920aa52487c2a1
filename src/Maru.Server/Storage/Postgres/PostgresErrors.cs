using Maru.Engine.Problems;
using Maru.Server.Configuration;
using Npgsql;

namespace Maru.Server.Storage.Postgres;

/// <summary>The meaning of PostgreSQL's errors: https://www.postgresql.org/docs/15/errcodes-appendix.html</summary>
internal static class PostgresErrors
{
    public static Problem ProblemOf(NpgsqlException e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => Problem.StorageFull,
        PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter } =>
            Problem.Invalid,   // U+0000
        PostgresException answer when !IsAway(answer) => Problem.Internal,
        _ => Problem.Unavailable,   // no response at all
    };

    /// <summary>
    /// Returns whether the transaction was given up for another one's sake: nothing of it is stored, and it may be repeated.
    /// </summary>
    public static bool IsConflict(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    /// <summary>
    /// Returns whether the server, and not the statement, is at fault: it stops, starts, is overloaded, or takes no writes (any longer).
    /// </summary>
    private static bool IsAway(PostgresException e) => e.SqlState[..2] is "08" or "53" or "57" or "58" or "25" or "28" || e.IsTransient;

    public static StartException Unusable(string store, NpgsqlException e) => new(
        e switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
                $"PostgreSQL refuses the user of Maru:Database ({store}). Correct its Username and Password.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                $"There is no such database: {store}. Make it (createdb), or correct Maru:Database.",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
                $"The user of Maru:Database may not change the schema of {store}. Make it the database's owner.",
            PostgresException answer => $"The store {store} cannot be used: {answer.MessageText}",
            _ => $"The store {store} cannot be reached: {e.Message} Check Maru:Database, and that PostgreSQL runs and takes connections.",
        },
        e);
}
