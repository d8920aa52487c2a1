using System.Text;
using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Backup.Places;

/// <summary>
/// A claim on a part of a bucket, by an object that its owner writes anew all the time. Who finds one waits: it changes when its owner
/// lives, and one that does not change for its life is a dead one's. No clocks are compared, and the bucket needs no conditional writes:
/// of two that claim at one time the later one has it, and the earlier one learns it at the next renewal, or before its work counts.
/// </summary>
internal sealed class BucketClaim : IPlaceClaim
{
    private const string Key = "lock";
    private const string MediaType = "text/plain";
    private const int MostBytes = 1024;

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LastRenewal = TimeSpan.FromSeconds(40);   // without one for so long another may think it dead

    // What others see of it passes by the time of the world, whatever time the program is given.
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly string _name = $"{Environment.MachineName} {Guid.NewGuid():n}";
    private readonly S3Files _bucket;
    private readonly string _place;
    private string _written = "";
    private Task _renewals = Task.CompletedTask;

    private BucketClaim(S3Files bucket, string place) => (_bucket, _place) = (bucket, place);

    public CancellationToken Lost => _lost.Token;

    /// <exception cref="StartException">Another one has it.</exception>
    public static async Task<BucketClaim> TakeAsync(S3Files bucket, string place, CancellationToken ct)
    {
        var claim = new BucketClaim(bucket, place);
        if (await claim.ReadAsync(ct) is { } other)
        {
            var begun = Time.GetTimestamp();
            while (Time.GetElapsedTime(begun) < Life)
            {
                await Task.Delay(Renewal / 5, Time, ct);
                var now = await claim.ReadAsync(ct);
                if (now is null) break;
                if (now != other) throw claim.Taken(now);
            }
        }

        await claim.WriteAsync(1);
        claim._renewals = claim.RenewAsync();
        return claim;
    }

    public async Task CheckAsync(CancellationToken ct)
    {
        if (await ReadAsync(ct) is var now && now?.StartsWith(_name, StringComparison.Ordinal) is not true) throw Taken(now);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _renewals;
        try
        {
            if (await ReadAsync(CancellationToken.None) == _written) await _bucket.DeleteAsync([Key], CancellationToken.None);
        }
        catch (IOException)
        {
            // the store is away: the claim ends when nobody renews it
        }

        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync()
    {
        var last = Time.GetTimestamp();
        for (var number = 2; ; number++)
        {
            try
            {
                await Task.Delay(Renewal, Time, _ended.Token);
                await CheckAsync(_ended.Token);
                await WriteAsync(number);
                last = Time.GetTimestamp();
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (IOException) when (Time.GetElapsedTime(last) < LastRenewal)
            {
                // the store may come back in time
            }
            catch (Exception e) when (e is IOException or StartException)
            {
                await _lost.CancelAsync();
                return;
            }
        }
    }

    /// <summary>Is not cancelled: nobody would know whether it was written.</summary>
    private async Task WriteAsync(int number)
    {
        _written = $"{_name} {number}";
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(_written));
        await _bucket.PutAsync(Key, content, MediaType, CancellationToken.None);
    }

    private async Task<string?> ReadAsync(CancellationToken ct)
    {
        await using var content = await _bucket.OpenAsync(Key, ct);
        if (content is null) return null;
        var bytes = new byte[MostBytes];
        return Encoding.UTF8.GetString(bytes, 0, await content.ReadAtLeastAsync(bytes, MostBytes, throwOnEndOfStream: false, ct));
    }

    private StartException Taken(string? by) => new(
        $"Another program makes a backup at {_place} now{(by is null ? "" : $", on {by.Split(' ')[0]}")}. "
        + "Wait for its end, or name another place.");
}
