namespace Maru.Engine.Tests.Codecs;

/// <summary>Ways to cut a stream: whole, in two at every byte, and a byte at a time.</summary>
internal static class Splits
{
    public static IEnumerable<byte[][]> Of(byte[] bytes)
    {
        yield return [bytes];
        for (var i = 1; i < bytes.Length; i++) yield return [bytes[..i], bytes[i..]];
        yield return [.. bytes.Select(x => new[] { x })];
    }

    public static byte[][] AtRandom(byte[] bytes, Random random, int longest)
    {
        List<byte[]> pieces = [];
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - at, random.Next(1, longest + 1));
            pieces.Add(bytes[at..(at + length)]);
            at += length;
        }

        return [.. pieces];
    }
}
