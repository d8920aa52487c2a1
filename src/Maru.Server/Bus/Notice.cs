using System.Globalization;

namespace Maru.Server.Bus;

/// <summary>
/// A piece of a frame as PostgreSQL passes it on: text of fewer than 8,000 bytes, <c>1 node number part parts channel base64</c>. The
/// number counts the node's frames: without it PostgreSQL would merge two equal ones of a transaction, and a frame that was sent twice
/// could not be recognised.
/// </summary>
internal readonly record struct Notice(Guid Node, long Number, int Part, int Parts, string Channel, ReadOnlyMemory<byte> Bytes)
{
    private const string Version = "1";
    private const int MaxBytes = 5_700;     // in base64 7,600, which leaves 300 for the rest
    private const int Fields = 7;

    /// <summary>Returns a frame in as many payloads as it takes.</summary>
    public static IEnumerable<string> Payloads(Guid node, long number, string channel, byte[] frame)
    {
        var parts = Math.Max(1, (frame.Length + MaxBytes - 1) / MaxBytes);
        for (var part = 0; part < parts; part++)
        {
            var base64 = Convert.ToBase64String(frame.AsSpan(part * MaxBytes, Math.Min(MaxBytes, frame.Length - (part * MaxBytes))));
            yield return string.Create(CultureInfo.InvariantCulture, $"{Version} {node:n} {number} {part} {parts} {channel} {base64}");
        }
    }

    /// <summary>Reads a payload; null: it is a newer program's.</summary>
    /// <exception cref="FormatException">It is none of ours.</exception>
    public static Notice? Read(string payload)
    {
        var fields = payload.Split(' ');
        if (fields[0] != Version && long.TryParse(fields[0], CultureInfo.InvariantCulture, out _)) return null;
        if (fields.Length != Fields) throw new FormatException($"{fields.Length} fields");
        var (number, part, parts) = (Parse(fields[2]), (int)Parse(fields[3]), (int)Parse(fields[4]));
        return new Notice(Guid.ParseExact(fields[1], "n"), number, part, parts, fields[5], Convert.FromBase64String(fields[6]));
    }

    private static long Parse(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
