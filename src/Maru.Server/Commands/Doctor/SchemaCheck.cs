namespace Maru.Server.Commands.Doctor;

/// <summary>The store's schema, beside the one that this program knows.</summary>
internal static class SchemaCheck
{
    /// <summary>Tells whether the store has a schema at all, on SQLite and PostgreSQL with these names.</summary>
    public const string State = "SELECT coalesce(max(number), 0), coalesce(max(needs), 0) FROM migrations";

    /// <param name="applied">the store's schema; 0: it has none yet</param>
    /// <param name="needs">the lowest schema that a program must know to use it</param>
    /// <param name="known">the newest that this program knows</param>
    public static Finding Compare(long applied, long needs, long known)
    {
        if (applied == 0) return Finding.Ok("schema", $"there is none yet: the first start makes it ({known})");
        if (needs > known)
        {
            return Finding.Problem(
                "schema", $"it is {applied} and needs a program that knows {needs}; this one knows {known}", "Start a newer program.");
        }

        if (applied < known)
        {
            return Finding.Warning(
                "schema", $"it is {applied}, and this program brings it to {known} at its start",
                "Back up first, and see Upgrade in docs/operations.md.");
        }

        return Finding.Ok(
            "schema",
            applied == known ? $"{applied}, as this program has it" : $"{applied}, newer than this program's {known}: they go together");
    }
}
