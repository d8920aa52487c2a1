using System.Data.Common;
using System.Globalization;

namespace Maru.Server.Features.Messages;

/// <summary>Which messages of <c>page</c> the reader has starred, in SQL: a table of one row, <c>starred</c>.</summary>
internal static class StarredMessages
{
    /// <summary>Of a page whose messages are one behind the other: one look into an index for all of them.</summary>
    public const string InSpan =
        """
        starred AS MATERIALIZED (
          SELECT string_agg(CAST(x.seq AS TEXT), ' ') AS seqs FROM stars x
          WHERE x.user_id = @user AND x.room_id = @room
            AND x.seq >= (SELECT min(seq) FROM page) AND x.seq <= (SELECT max(seq) FROM page))
        """;

    /// <summary>Of a page whose messages may be far apart, with many stars between them: a look for each.</summary>
    public const string OfEach =
        """
        starred AS MATERIALIZED (
          SELECT string_agg(CAST(x.seq AS TEXT), ' ') AS seqs FROM page y CROSS JOIN stars x
          WHERE x.user_id = @user AND x.room_id = @room AND x.seq = y.seq)
        """;

    /// <summary>Returns their seqs; null: none.</summary>
    public static HashSet<long>? Read(DbDataReader row, int column) => row.IsDBNull(column)
        ? null
        : [.. row.GetString(column).Split(' ').Select(seq => long.Parse(seq, CultureInfo.InvariantCulture))];
}
