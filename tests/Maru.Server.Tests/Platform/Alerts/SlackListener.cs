using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace Maru.Server.Tests.Platform.Alerts;

/// <summary>A webhook of the test's own: it keeps what it is told, and answers as the test says, or never.</summary>
internal sealed class SlackListener : IDisposable
{
    private const string Secret = "T000-B000-open-sesame";

    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<string> _messages = new();
    private readonly Task _answering;

    public SlackListener()
    {
        var root = $"http://127.0.0.1:{Ports.Free()}/";
        Address = $"{root}services/{Secret}";
        _listener.Prefixes.Add(root);
        _listener.Start();
        _answering = AnswerAsync();
    }

    /// <summary>The address of the webhook, with its secret.</summary>
    public string Address { get; }

    /// <summary>The answer to each; null: none, and the connection stays.</summary>
    public Action<HttpListenerResponse>? Answer { get; set; } = _ => { };

    public IReadOnlyList<string> Messages => [.. _messages];

    /// <summary>Returns how many errors it was told of, by category: what its messages say.</summary>
    public long CountOf(string category) => Messages
        .Where(x => x.Contains($"Error in {category}\"", StringComparison.Ordinal))
        .Sum(x => Number(Field(x, "Happened")));

    public static string Field(string message, string name)
    {
        using var json = JsonDocument.Parse(message);
        var fields = json.RootElement.GetProperty("blocks")[2].GetProperty("fields").EnumerateArray();
        return fields.Select(x => x.GetProperty("text").GetString()!).Single(x => x.StartsWith($"*{name}*\n", StringComparison.Ordinal))
            .Split('\n')[1];
    }

    public static void ShouldNotHaveToldItsSecret(IEnumerable<string> lines) =>
        lines.ShouldAllBe(x => !x.Contains(Secret, StringComparison.Ordinal));

    public void Dispose()
    {
        _listener.Abort();
        _answering.IsFaulted.ShouldBeFalse();
    }

    private static long Number(string happened) =>
        happened == "once" ? 1 : long.Parse(happened.Split(' ')[0].Replace(",", "", StringComparison.Ordinal));

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                context.Request.ContentType.ShouldBe("application/json; charset=utf-8");
                using var reader = new StreamReader(context.Request.InputStream);
                var message = await reader.ReadToEndAsync();
                if (Answer is { } answer)
                {
                    answer(context.Response);
                    context.Response.Close();
                }

                _messages.Enqueue(message);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // the test ends
        }
    }
}
