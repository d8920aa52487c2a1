using System.Data.Common;
using Maru.Server.Platform.Text;

namespace Maru.Server.Storage;

/// <summary>
/// Part of migration 0004: brings names and addresses that were stored before <see cref="TextPolicy"/> into its form. A name that the
/// policy refuses today stays until its owner changes it: nobody else can say what it should be.
/// </summary>
internal static class StoredNames
{
    private const int Batch = 1000;

    public static async Task NormalizeAsync(DbTransaction transaction, CancellationToken ct)
    {
        foreach (var table in (string[])["users", "rooms"]) await NamesAsync(transaction, table, ct);
        await AddressesAsync(transaction, ct);
    }

    private static async Task NamesAsync(DbTransaction transaction, string table, CancellationToken ct)
    {
        IReadOnlyList<NameRow> rows = [];
        do
        {
            // Without a key: direct rooms and deleted users.
            rows = await transaction.ListAsync<NameRow>(
                $"SELECT id, name, name_key FROM {table} WHERE id > @after AND name_key <> '' ORDER BY id LIMIT {Batch}",
                new { after = rows is [.., var last] ? last.Id : 0 },
                ct);
            foreach (var row in rows)
            {
                var name = TextPolicy.Nickname(row.Name) is { Length: > 0 } kept ? kept : row.Name;
                var key = TextPolicy.NameKey(name);
                if (name == row.Name && key == row.NameKey) continue;
                var update = $"UPDATE {table} SET name = @name, name_key = @key WHERE id = @Id";
                await transaction.ExecuteAsync(update, new { row.Id, name, key }, ct);
            }
        }
        while (rows.Count == Batch);
    }

    /// <summary>Normalizes addresses. Of two accounts whose addresses become the same, the second one keeps its old form.</summary>
    private static async Task AddressesAsync(DbTransaction transaction, CancellationToken ct)
    {
        IReadOnlyList<AddressRow> rows = [];
        do
        {
            rows = await transaction.ListAsync<AddressRow>(
                $"SELECT id, email FROM users WHERE id > @after AND email IS NOT NULL ORDER BY id LIMIT {Batch}",
                new { after = rows is [.., var last] ? last.Id : 0 },
                ct);
            foreach (var row in rows)
            {
                var email = TextPolicy.SignInName(row.Email);
                if (email == row.Email) continue;
                await transaction.ExecuteAsync(
                    "UPDATE users SET email = @email WHERE id = @Id AND NOT EXISTS (SELECT 1 FROM users WHERE email = @email)",
                    new { row.Id, email },
                    ct);
            }
        }
        while (rows.Count == Batch);
    }

    private sealed record NameRow(long Id, string Name, string NameKey);

    private sealed record AddressRow(long Id, string Email);
}
