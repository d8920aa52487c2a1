namespace Maru.Server.Storage;

/// <summary>
/// Finds one value a key, with one query for all keys that are asked for at the same time: keys that come while a query runs wait for the
/// next one. A node that thousands of clients come to costs the store some queries, and not some a client. Every value is read after it was
/// asked for. Any thread.
/// </summary>
/// <param name="read">returns the values found, in any order</param>
/// <param name="keyOf">returns the key of a value</param>
internal sealed class BatchReader<TKey, TValue>(Func<TKey[], Task<IReadOnlyList<TValue>>> read, Func<TValue, TKey> keyOf)
    where TKey : notnull
    where TValue : class
{
    private const int KeysAtOnce = 500;

    private readonly Lock _gate = new();
    private Dictionary<TKey, TaskCompletionSource<TValue?>> _asked = [];
    private bool _isReading;

    /// <summary>Finds the value of a key; null: there is none.</summary>
    public Task<TValue?> FindAsync(TKey key, CancellationToken ct)
    {
        TaskCompletionSource<TValue?>? answer;
        lock (_gate)
        {
            if (!_asked.TryGetValue(key, out answer))
                _asked.Add(key, answer = new TaskCompletionSource<TValue?>(TaskCreationOptions.RunContinuationsAsynchronously));
            if (!_isReading) _ = Task.Run(ReadAllAsync, CancellationToken.None);
            _isReading = true;
        }

        return answer.Task.WaitAsync(ct);
    }

    private async Task ReadAllAsync()
    {
        while (true)
        {
            Dictionary<TKey, TaskCompletionSource<TValue?>> asked;
            lock (_gate)
            {
                _isReading = _asked.Count > 0;
                if (!_isReading) return;
                (asked, _asked) = (_asked, []);
            }

            foreach (var part in asked.Chunk(KeysAtOnce)) await ReadAsync(part);
        }
    }

    private async Task ReadAsync(KeyValuePair<TKey, TaskCompletionSource<TValue?>>[] asked)
    {
        try
        {
            var found = (await read(Array.ConvertAll(asked, x => x.Key))).ToDictionary(keyOf);
            foreach (var (key, answer) in asked) answer.SetResult(found.GetValueOrDefault(key));
        }
        catch (Exception e)
        {
            foreach (var (_, answer) in asked) answer.TrySetException(e);
        }
    }
}
