namespace Maru.Server.Commands;

/// <summary>
/// The texts of the messages that a store is filled with: a few usual sentences, or made of given words, as often as words of a language
/// are: the second is half as frequent as the first, the third a third. The same message has the same text each time.
/// </summary>
internal sealed class SeedTexts
{
    private const int FewestWords = 4;
    private const int MostWords = 12;

    private static readonly string[] Sentences =
    [
        "Good morning!", "좋은 아침이에요", "Has anybody seen the new plan?", "회의는 세 시에 시작합니다.", "On my way.", "네, 확인했습니다.",
        "The build is green again, thanks to everyone who helped.", "점심 뭐 먹을까요?", "おはようございます",
        "I would rather wait until tomorrow.", "대박! 🎉", "See you there.",
    ];

    private readonly string[] _words;
    private readonly double[] _upTo;    // the share of a word and of those before it

    /// <param name="words">the most frequent first; none: sentences</param>
    public SeedTexts(string[] words)
    {
        _words = words;
        _upTo = new double[words.Length];
        var sum = 0.0;
        for (var i = 0; i < words.Length; i++) _upTo[i] = sum += 1.0 / (i + 1);
    }

    /// <param name="room">the room's number</param>
    /// <param name="seq">of the message in it</param>
    public string Of(int room, long seq)
    {
        if (_words.Length == 0) return Sentences[(int)(((seq * 7) + room) % Sentences.Length)];
        // Nothing secret: the same numbers each time.
        var random = new Random(unchecked((int)((seq * 1_000_003) + room)));
        var words = new string[random.Next(FewestWords, MostWords + 1)];
        for (var i = 0; i < words.Length; i++)
        {
            var at = Array.BinarySearch(_upTo, random.NextDouble() * _upTo[^1]);
            words[i] = _words[Math.Min(at < 0 ? ~at : at, _words.Length - 1)];
        }

        return string.Join(' ', words);
    }
}
