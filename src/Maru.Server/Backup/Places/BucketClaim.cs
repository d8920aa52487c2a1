using System.Text;
using Maru.Server.Configuration;
using Maru.Server.Features.Files.Stores;
using Maru.Server.Files;

namespace Maru.Server.Backup.Places;

/// <summary>
/// A claim on a part of a bucket, by an object that its owner writes anew all the time. Who finds one waits: it changes when its owner
/// lives, and one that does not change for its life is a dead one's. No clocks are compared, and the bucket needs no conditional writes:
/// of two that claim at one time the later one has it. The earlier one learns it before its claim counts; where the bucket was slow, at the
/// next renewal, or before its work counts.
/// </summary>
internal sealed class BucketClaim : IPlaceClaim
{
    private const string Key = "lock";
    private const string MediaType = "text/plain";
    private const int MostBytes = 1024;
    private const int Reads = 5;

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);    // who read that there is none has written within it
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

        try
        {
            await claim.WriteAsync(1);
            await Task.Delay(Settling, Time, ct);
            await claim.CheckAsync(ct);
            claim._renewals = claim.RenewAsync();
            return claim;
        }
        catch
        {
            await claim.DisposeAsync();
            throw;
        }
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
        var last = Now();
        for (var number = 2; ; number++)
        {
            try
            {
                await Task.Delay(Renewal, Time, _ended.Token);
                await CheckAsync(_ended.Token);
                await WriteAsync(number);
                // Who stood still for so long may have written over another one's claim
                if (Since(last) >= LastRenewal) throw Taken(null);
                last = Now();
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (IOException) when (Since(last) < LastRenewal)
            {
                // the store may come back in time
            }
            catch (Exception)
            {
                await _lost.CancelAsync();      // whatever it is, nobody renews it any more
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
        for (var reads = 1; ; reads++)
        {
            try
            {
                await using var content = await _bucket.OpenAsync(Key, ct);
                if (content is null) return null;
                var bytes = new byte[MostBytes];
                return Encoding.UTF8.GetString(bytes, 0, await content.ReadAtLeastAsync(bytes, MostBytes, throwOnEndOfStream: false, ct));
            }
            catch (FileStoreException e) when (reads < Reads && S3Calls.HasChanged(e))
            {
                // it was written anew, or went, between what it is and what is in it
            }
        }
    }

    /// <summary>Returns this moment by both clocks: one of them may stand still while the machine does.</summary>
    private static (long Stamp, DateTimeOffset Clock) Now() => (Time.GetTimestamp(), Time.GetUtcNow());

    private static TimeSpan Since((long Stamp, DateTimeOffset Clock) moment) =>
        TimeSpan.FromTicks(Math.Max(Time.GetElapsedTime(moment.Stamp).Ticks, (Time.GetUtcNow() - moment.Clock).Ticks));

    private StartException Taken(string? by) => new(
        $"Another program makes a backup at {_place} now{(by is null ? "" : $", on {by.Split(' ')[0]}")}. "
        + "Wait for its end, or name another place.");
}
