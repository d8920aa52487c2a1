using System.Buffers;
using System.Text.Json;
using Maru.Engine.Codecs;

namespace Maru.Engine.Log;

/// <summary>Whom a message mentions, and where. Immutable.</summary>
public sealed class Mentions
{
    /// <summary>The handle that means all members.</summary>
    public const string AllHandle = "all";

    /// <summary>Bytes of memory for each mention, about.</summary>
    internal const int BytesEach = 128;

    private Mentions(byte[] json, IReadOnlyList<UserId> targets, IReadOnlyList<UserId> silent) =>
        (Json, Targets, Silent) = (json, targets, silent);

    /// <summary>
    /// The places as a JSON array: <c>[{"start":0,"length":4,"userId":2},{"start":5,"length":4,"all":true}]</c>, in UTF-16 code units.
    /// </summary>
    public byte[] Json { get; }

    /// <summary>
    /// The members for whom it counts, each once: not the sender. <see cref="All"/> alone where all are mentioned.
    /// </summary>
    public IReadOnlyList<UserId> Targets { get; }

    /// <summary>
    /// The members for whom it does not count, since they block the sender. They have their place all the same: the sender cannot tell.
    /// </summary>
    public IReadOnlyList<UserId> Silent { get; }

    /// <summary>No user: all members.</summary>
    public static UserId All => default;

    /// <summary>Decides which words mention somebody; null: none.</summary>
    /// <param name="words">of the text, in order</param>
    /// <param name="sender">the message's</param>
    /// <param name="find">returns the member of a handle, or null</param>
    /// <param name="mayMentionAll">returns whether the sender has the right to mention all</param>
    /// <param name="blocks">returns whether a member blocks the sender</param>
    public static Mentions? Find(
        IReadOnlyList<MentionWord> words, UserId sender, Func<string, UserId?> find, Func<bool> mayMentionAll, Func<UserId, bool> blocks)
    {
        List<(MentionWord Word, int Length, UserId User)> found = [];
        foreach (var word in words)
        {
            foreach (var handle in word.Candidates())
            {
                var member = handle != AllHandle ? find(handle) : mayMentionAll() ? All : null;
                if (member is not { } user) continue;
                found.Add((word, 1 + handle.Length, user));
                break;
            }
        }

        if (found.Count == 0) return null;
        var users = found.Select(x => x.User).Where(x => x != sender).Distinct().ToList();
        if (users.Contains(All)) return new Mentions(Write(found), [All], []);
        var silent = users.Where(blocks).ToList();
        return new Mentions(Write(found), silent.Count == 0 ? users : [.. users.Except(silent)], silent);
    }

    private static byte[] Write(List<(MentionWord Word, int Length, UserId User)> found)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * found.Count);
        using var writer = new Utf8JsonWriter(buffer, JsonScratch.Compact);
        writer.WriteStartArray();
        foreach (var (word, length, user) in found)
        {
            writer.WriteStartObject();
            writer.WriteNumber("start"u8, word.Start);
            writer.WriteNumber("length"u8, length);
            if (user == All) writer.WriteBoolean("all"u8, true);
            else writer.WriteNumber("userId"u8, user.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
