using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maru.Server.Platform.Text;

namespace Maru.Server.Tests.Platform.Text;

/// <summary>
/// Every character, alone and among marks, against ICU: normalization.txt has the digests of what it makes of each block, written by
/// scripts/unicode.mjs with the tables.
/// </summary>
public sealed class NormalizerTests
{
    private const int Block = 0x1000;
    private const string Marks = "\u0345\u0323\u0301\u0338\u1161\u11A8";

    public static TheoryData<int, string, string> Blocks
    {
        get
        {
            const string resource = "Maru.Server.Tests.Platform.Text.normalization.txt";
            using var reader = new StreamReader(typeof(NormalizerTests).Assembly.GetManifestResourceStream(resource)!);
            TheoryData<int, string, string> blocks = new();
            while (reader.ReadLine() is { } line)
            {
                if (line.StartsWith('#')) continue;
                var fields = line.Split(' ');
                blocks.Add(int.Parse(fields[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), fields[1], fields[2]);
            }

            return blocks;
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Each_character_is_normalized_as_icu_does_it(int first, string nfc, string nfkc)
    {
        var texts = Enumerable.Range(first, Block).Where(Rune.IsValid).Select(codePoint => new Rune(codePoint).ToString()).ToArray();
        Digest(texts, Normalizer.Nfc).ShouldBe(nfc);
        Digest(texts.Where(text => !StaysInNfkc(text)), Normalizer.Nfkc).ShouldBe(nfkc);
    }

    /// <summary>Single letters of Hangul, also halfwidth, and emoji: here the policy differs on purpose.</summary>
    private static bool StaysInNfkc(string text) =>
        text[0] is >= '\u3131' and <= '\u318E' or >= '\uFFA0' and <= '\uFFDC' || UnicodeData.Of(char.ConvertToUtf32(text, 0)).IsEmoji;

    private static string Digest(IEnumerable<string> texts, Func<string, string> normalize)
    {
        var lines = string.Join('\n', texts.Select(text => normalize(text) + normalize(text + Marks + text)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)))[..16];
    }
}
