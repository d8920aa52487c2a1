using System.Text.Json;
using Maru.Server.Backup.Places;
using Maru.Server.Configuration;
using Maru.Server.Files;

namespace Maru.Server.Backup;

/// <summary>
/// A backup that is being made. Its parts are the store, the keys and the files; <c>SHA256SUMS</c> has the checksum of each, as
/// <c>sha256sum</c> reads it, and <c>manifest.json</c>, which comes last, that of the list. One user.
/// </summary>
/// <param name="place">where it lies</param>
/// <param name="name">its name there</param>
/// <param name="scratch">a folder for what does not go there at once</param>
/// <param name="pace">of all that is copied</param>
internal sealed class BackupWriter(IBackupPlace place, string name, string scratch, Pace pace) : IDisposable
{
    public PartList Parts { get; } = new(Path.Combine(scratch, "parts.db"));

    public Pace Pace => pace;

    /// <exception cref="StartException">There is not room for the store and the contents that cannot be shared.</exception>
    public void CheckRoom(long storeBytes)
    {
        place.CheckRoom(storeBytes + Parts.UnsharedBytes);
        if (place.PathOf(name, "") is not null) return;
        var free = new DriveInfo(scratch).AvailableFreeSpace;
        if (free < storeBytes)
            throw new StartException(
                $"{scratch} has {free >> 20} MiB free, and a copy of the store needs {(storeBytes >> 20) + 1} MiB there. Make room.");
    }

    /// <exception cref="StartException">The place cannot have a part of that name.</exception>
    public void CheckName(string part) => place.CheckName(part);

    /// <summary>Copies a part, which is durable then.</summary>
    public async Task AddAsync(string part, Stream from, CancellationToken ct)
    {
        await using var paced = new PacedStream(from, pace);
        await place.PutAsync(name, part, paced, from.CanSeek ? from.Length : null, ct);
        Take(part, paced, isShared: false);
    }

    /// <summary>Returns where to write a part that cannot be written from its beginning to its end.</summary>
    public string DraftOf(string part) => place.PathOf(name, part) ?? Path.Combine(scratch, part);

    /// <summary>Takes in a part that was written so, and is on the disk.</summary>
    public async Task AddDraftAsync(string part, CancellationToken ct)
    {
        await using var draft = File.OpenRead(DraftOf(part));
        await using var paced = new PacedStream(draft, pace);
        if (place.PathOf(name, part) is null)
        {
            await place.PutAsync(name, part, paced, draft.Length, ct);
            File.Delete(draft.Name);
        }
        else
        {
            await paced.CopyToAsync(Stream.Null, ct);
        }

        Take(part, paced, isShared: false);
    }

    /// <summary>Notes which contents the place has already, and what an earlier backup says of them.</summary>
    public async Task LookAtSharedAsync(BackupReader? earlier, CancellationToken ct)
    {
        await foreach (var (part, size) in place.SharedAsync(earlier?.Name, ct)) Parts.MayShare(part, size);
        if (earlier is null) return;
        await foreach (var (part, sum) in earlier.PartsAsync(ct))
        {
            if (BackupParts.IsContent(part)) Parts.SumOfShared(part, sum);
        }
    }

    /// <summary>Takes a content that the place has already; false: it must be added.</summary>
    /// <param name="earlier">the backup that was looked at</param>
    /// <param name="size">bytes that it must have; null: nothing tells</param>
    /// <param name="open">opens it where it comes from, for its checksum where no backup tells it; null: it is not there</param>
    public async Task<bool> TryShareAsync(
        string part, BackupReader? earlier, long? size, Func<Task<Stream?>> open, CancellationToken ct)
    {
        if (Parts.Shared(part) is not { } shared || (size is not null && size != shared.Size)) return false;
        if (shared.Sum is { } sum)
        {
            if (!place.TryShare(name, part, earlier?.Name)) return false;
            Parts.Add(part, sum, shared.Size, isShared: true);
            return true;
        }

        await using var from = await open();
        if (from is null || from.Length != shared.Size || !place.TryShare(name, part, earlier?.Name)) return false;
        await using var paced = new PacedStream(from, pace);
        await paced.CopyToAsync(Stream.Null, ct);
        Take(part, paced, isShared: true);
        return true;
    }

    /// <summary>Takes out contents that should not be there.</summary>
    public async Task LeaveOutUnwantedAsync(CancellationToken ct)
    {
        foreach (var (part, isShared) in Parts.Unwanted())
        {
            await place.LeaveOutAsync(name, part, isShared, ct);
            Parts.Remove(part);
        }
    }

    /// <summary>Makes it a backup.</summary>
    /// <param name="manifest">but for its checksum</param>
    /// <param name="claim">is to be held still</param>
    /// <param name="ct">ends it</param>
    public async Task<BackupManifest> SealAsync(BackupManifest manifest, IPlaceClaim claim, CancellationToken ct)
    {
        var list = Path.Combine(scratch, BackupParts.Sums);
        await Parts.WriteAsync(list, ct);
        await using (var sums = File.OpenRead(list))
        {
            await using var paced = new PacedStream(sums, pace);
            await place.PutAsync(name, BackupParts.Sums, paced, sums.Length, ct);
            manifest = manifest with { Sums = paced.Sum() };
        }

        await foreach (var (part, size) in place.PartsAsync(name, ct)) Parts.IsThere(part, size);
        if (Parts.Absent() is { } absent)
            throw new StartException(
                $"{absent} was written to {place.NameOf(name)} and is not there any more. Let nothing else remove what is there.");
        await claim.CheckAsync(ct);
        await place.SealAsync(name, JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest), ct);
        return manifest;
    }

    public void Dispose() => Parts.Dispose();

    private void Take(string part, PacedStream copied, bool isShared) => Parts.Add(part, copied.Sum(), copied.Count, isShared);
}
