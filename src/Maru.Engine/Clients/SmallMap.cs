using System.Diagnostics.CodeAnalysis;

namespace Maru.Engine.Clients;

/// <summary>
/// A map that nearly always has one key or a few: an array until eight, a dictionary beyond. An idle connection with one subscription has
/// two of these; as dictionaries they took 560 bytes. One caller.
/// </summary>
internal struct SmallMap<TKey, TValue>
    where TKey : notnull, IEquatable<TKey>
    where TValue : class
{
    private const int MostFew = 8;

    private KeyValuePair<TKey, TValue>[]? _few;
    private Dictionary<TKey, TValue>? _many;
    private int _count;

    public readonly int Count => _many?.Count ?? _count;

    public readonly TValue[] Values() => _many is not null ? [.. _many.Values] : Array.ConvertAll(Few()[.._count], x => x.Value);

    public readonly bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        if (_many is not null) return _many.TryGetValue(key, out value);
        var at = Find(key);
        value = at < 0 ? null : Few()[at].Value;
        return value is not null;
    }

    /// <summary>Adds a key that is not in the map.</summary>
    public void Add(TKey key, TValue value)
    {
        if (_many is null && _count == MostFew) (_many, _few, _count) = (new Dictionary<TKey, TValue>(Few()), null, 0);
        if (_many is not null)
        {
            _many.Add(key, value);
            return;
        }

        var few = Few();
        if (_count == few.Length) Array.Resize(ref few, Math.Max(1, _count * 2));
        few[_count++] = new KeyValuePair<TKey, TValue>(key, value);
        _few = few;
    }

    public bool Remove(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        if (_many is not null) return _many.Remove(key, out value);
        value = null;
        var at = Find(key);
        if (at < 0) return false;
        var few = Few();
        value = few[at].Value;
        few[at] = few[--_count];
        few[_count] = default;
        return true;
    }

    public void Clear() => this = default;

    private readonly KeyValuePair<TKey, TValue>[] Few() => _few ?? [];

    private readonly int Find(TKey key)
    {
        var few = Few();
        for (var i = 0; i < _count; i++)
        {
            if (few[i].Key.Equals(key)) return i;
        }

        return -1;
    }
}
