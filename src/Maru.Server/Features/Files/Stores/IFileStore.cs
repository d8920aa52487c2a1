namespace Maru.Server.Features.Files.Stores;

/// <summary>Where the contents of files are kept, by keys that the server makes: <c>files/12/original</c>. Any thread.</summary>
internal interface IFileStore
{
    /// <summary>
    /// Keeps a whole file under the key; it is durable when the task completes. Readers see all of it, or what was there before.
    /// </summary>
    /// <param name="source">a file on the local disk, which may be moved away</param>
    Task PutAsync(string key, string source, string mediaType, CancellationToken ct);

    /// <summary>Returns a stream in which one can seek, and which knows its length; null: there is no such key.</summary>
    Task<Stream?> OpenAsync(string key, CancellationToken ct);

    /// <summary>Deletes what is there of the keys.</summary>
    Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken ct);
}
