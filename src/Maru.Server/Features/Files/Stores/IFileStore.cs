using Maru.Server.Files;

namespace Maru.Server.Features.Files.Stores;

/// <summary>
/// Where the bytes of people's files lie: a folder of this machine, or a bucket that nodes share. Any thread. Keys are made by the server,
/// from ids and fixed words (<see cref="FileKey"/>).
/// </summary>
/// <remarks>
/// All of them throw <see cref="FileStoreException"/>, which says whether the store is full or does not respond, within a bounded time.
/// What a reader gets may fail as it is read, with the same exception.
/// </remarks>
internal interface IFileStore
{
    /// <summary>
    /// Stores a whole file under the key, durable when it completes; the source may be moved away. Replaces nothing half: readers see all
    /// of it or what was there before.
    /// </summary>
    Task PutAsync(string key, string source, string mediaType, CancellationToken ct);

    /// <summary>Returns a stream that can seek and knows its length, of what is there now; null: there is nothing.</summary>
    Task<Stream?> OpenAsync(string key, CancellationToken ct);

    /// <summary>Returns the keys that are there and begin so, in no order; what comes or goes meanwhile may be among them or not.</summary>
    /// <param name="above">words with a slash behind</param>
    IAsyncEnumerable<string> ListAsync(string above, CancellationToken ct);

    /// <summary>Deletes those of the keys that are there.</summary>
    Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken ct);
}
