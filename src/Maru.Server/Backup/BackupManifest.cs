using System.Text.Json.Serialization;

namespace Maru.Server.Backup;

/// <summary>What a backup is: written last, so that without one there is no backup.</summary>
/// <param name="Format">the number of the form of a backup</param>
/// <param name="Version">the program that made it</param>
/// <param name="Store"><c>sqlite</c> or <c>postgres</c></param>
/// <param name="Name">the store: a file, or a database and its host</param>
/// <param name="Host">the machine on which it was made</param>
/// <param name="Schema">the number of the newest migration</param>
/// <param name="Needs">the lowest schema that a program must know to use it</param>
/// <param name="BegunAt">everything that was acknowledged before then is in it</param>
/// <param name="TakenAt">nothing that was written after then is in it</param>
/// <param name="EndedAt">the time at which all was copied</param>
/// <param name="Counts">what the store has</param>
/// <param name="Deleted">rows by their table whose content was deleted before it could be copied; a restore deletes them</param>
/// <param name="Lost">contents that were not in the file store although they should have been: their keys, some of the first</param>
/// <param name="LostCount">how many they are</param>
/// <param name="StoreMadeAt">unix milliseconds at which the store was made, by which it is known from others</param>
/// <param name="Sums">SHA-256 of the list of checksums</param>
internal sealed record BackupManifest(
    int Format, string Version, string Store, string Name, string Host, long Schema, long Needs, DateTimeOffset BegunAt,
    DateTimeOffset TakenAt, DateTimeOffset EndedAt, BackupCounts Counts, IReadOnlyDictionary<string, long[]> Deleted,
    IReadOnlyList<string> Lost, long LostCount, long StoreMadeAt, string Sums)
{
    public const int ThisFormat = 2;
}

/// <param name="Users">accounts</param>
/// <param name="Rooms">rooms</param>
/// <param name="Messages">messages of all rooms</param>
/// <param name="Entries">entries of all rooms' logs</param>
/// <param name="Contents">contents in the file store: files, their smaller pictures, pictures of previews</param>
/// <param name="Bytes">bytes of all parts</param>
internal sealed record BackupCounts(long Users, long Rooms, long Messages, long Entries, long Contents, long Bytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
