using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Maru.Server.Tests.Kit;

/// <summary>An open stream of Server-Sent Events, read line by line as a browser does. One test, one caller.</summary>
internal sealed class EventStream : IDisposable
{
    private readonly StreamReader _lines;

    private EventStream(HttpResponseMessage response, StreamReader lines) => (Response, _lines) = (response, lines);

    public HttpResponseMessage Response { get; }

    /// <summary>The milliseconds of the last <c>retry</c> so far, or null.</summary>
    public int? Retry { get; private set; }

    /// <summary>The number of those so far.</summary>
    public int Retries { get; private set; }

    /// <summary>The number of comments so far.</summary>
    public int Comments { get; private set; }

    /// <param name="server">whose</param>
    /// <param name="address">path and query</param>
    /// <param name="token">for the header, or null</param>
    /// <param name="lastId">for <c>Last-Event-ID</c>, or null</param>
    public static Task<EventStream> OpenAsync(MaruServer server, string address, string? token = null, long? lastId = null) =>
        OpenAsync(server.Http, address, token, lastId?.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc cref="OpenAsync(MaruServer, string, string?, long?)"/>
    /// <param name="http">by which it asks</param>
    public static async Task<EventStream> OpenAsync(HttpClient http, string address, string? token = null, string? lastId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address)
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
        };
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (lastId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId);
        var ct = TestContext.Current.CancellationToken;
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).Within("the stream");
        ((int)response.StatusCode).ShouldBe(200);
        (response.Content.Headers.ContentType?.MediaType).ShouldBe("text/event-stream");
        return new EventStream(response, new StreamReader(await response.Content.ReadAsStreamAsync(ct)));
    }

    /// <summary>Returns the next event; comments are skipped. Its id is 0 where it has none.</summary>
    public async Task<(long Id, string Type, JsonElement Json)> NextAsync() =>
        await ReadAsync().Within("an event") ?? throw new InvalidOperationException("the stream has ended");

    /// <summary>Returns the next event's type.</summary>
    public async Task<string> TypeAsync() => (await NextAsync()).Type;

    /// <summary>Reads to the end of the stream; returns the last event's data.</summary>
    public async Task<JsonElement> LastAsync()
    {
        JsonElement last = default;
        while (await ReadAsync().Within("an event, or the end") is { } next) last = next.Json;
        return last;
    }

    /// <summary>Reads to the end of the stream; returns the types of the events.</summary>
    public async Task<IReadOnlyList<string>> RestAsync()
    {
        List<string> types = [];
        while (await ReadAsync().Within("an event, or the end") is { } next) types.Add(next.Type);
        return types;
    }

    /// <summary>Reads the first <c>retry</c>, with which a stream begins: its headers may come some moments before it.</summary>
    public async Task BegunAsync()
    {
        while (Retries == 0) Take((await LineAsync())!);
    }

    /// <summary>Reads up to the next comment.</summary>
    public async Task CommentAsync()
    {
        var before = Comments;
        while (Comments == before) Take((await LineAsync())!);
    }

    public void Dispose()
    {
        _lines.Dispose();
        Response.Dispose();
    }

    private async Task<(long Id, string Type, JsonElement Json)?> ReadAsync()
    {
        var (id, type, data) = (0L, "message", "");
        while (await LineAsync() is { } line)
        {
            if (line.Length == 0 && data.Length > 0) return (id, type, JsonDocument.Parse(data).RootElement);
            var (field, value) = Take(line);
            if (field == "id") id = long.Parse(value, CultureInfo.InvariantCulture);
            else if (field == "event") type = value;
            else if (field == "data") data += value;
        }

        return null;
    }

    private Task<string?> LineAsync() => _lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Within("a line");

    private (string Field, string Value) Take(string line)
    {
        var (field, value) = line.Split(": ", 2) is [var first, var second] ? (first, second) : (line, "");
        if (field == "retry") (Retry, Retries) = (int.Parse(value, CultureInfo.InvariantCulture), Retries + 1);
        else if (line.StartsWith(':')) Comments++;
        return (field, value);
    }
}
