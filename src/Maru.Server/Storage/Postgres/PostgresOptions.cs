using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Storage.Postgres;

/// <summary>
/// A node's use of PostgreSQL. A node has at most <see cref="Readers"/> + <see cref="Writers"/> + commit loops + 1 connections.
/// </summary>
internal sealed class PostgresOptions
{
    /// <summary>Connections that read at the same time; a query beyond them waits.</summary>
    [Range(1, 1000)]
    public int Readers { get; set; } = 16;

    /// <summary>Connections of writes besides messages: accounts, new rooms. Commit loops have their own.</summary>
    [Range(1, 1000)]
    public int Writers { get; set; } = 8;

    /// <summary>Loops that append messages at the same time, each to rooms of its own.</summary>
    [Range(1, 64)]
    public int CommitLoops { get; set; } = 2;

    /// <summary>How long opening a connection may take, and waiting for a free one.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long one statement may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
