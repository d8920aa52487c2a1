using System.Data.Common;

namespace Maru.Server.Audit;

/// <summary>Recounts from scratch something that the store keeps twice. Any thread.</summary>
internal interface IStoreCheck
{
    /// <summary>One word, for the report.</summary>
    string Name { get; }

    /// <summary>Recounts in some rooms, in pages of some thousand rows.</summary>
    /// <param name="snapshot">sees one state of the store</param>
    /// <param name="rooms">the rooms</param>
    /// <param name="ct">ends it</param>
    Task<Look> LookAsync(DbTransaction snapshot, RoomSpan rooms, CancellationToken ct);
}
