using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Maru.Load.Measuring;
using Maru.Load.Scenarios;

namespace Maru.Load.Verification;

/// <summary>
/// The REST side of a run: reads rooms' heads and their pages, and what people are told, at any node that responds. Any thread.
/// </summary>
internal sealed class HistoryReader(IReadOnlyList<Uri> nodes) : IDisposable
{
    private const int PageSize = 200;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private volatile int _node;     // the one that responded last

    /// <summary>How long a page is asked for again while no node responds.</summary>
    public TimeSpan RetryFor { get; set; }

    public async Task<long> LastSeqAsync(long room, string token, CancellationToken ct)
    {
        using var json = await GetAsync($"/api/rooms/{room}", token, ct);
        return json.RootElement.GetProperty("lastSeq").GetInt64();
    }

    /// <summary>Reads everything after the history's start; reports each page's entries.</summary>
    public async Task<HistoryFindings> ReadRoomAsync(
        long room, string token, RoomHistory history, Action<int> progress, CancellationToken ct)
    {
        while (true)
        {
            using var page = await GetAsync($"/api/rooms/{room}/messages?after={history.Last}&limit={PageSize}", token, ct);
            var items = page.RootElement.GetProperty("items");
            foreach (var item in items.EnumerateArray())
            {
                var text = item.TryGetProperty("text", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
                history.Entry(item.GetProperty("seq").GetInt64(), Encoding.UTF8.GetBytes(text));
            }

            progress(items.GetArrayLength());
            if (items.GetArrayLength() == 0 || !page.RootElement.GetProperty("hasMore").GetBoolean()) return history.End();
        }
    }

    /// <summary>Returns the handle of a token's user; null when there is none.</summary>
    public async Task<string?> HandleAsync(string token, CancellationToken ct)
    {
        try
        {
            using var json = await GetAsync("/api/me", token, ct);
            return json.RootElement.GetProperty("handle").GetString();
        }
        catch (Exception e) when (e is ScenarioException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Returns the version in the server's OpenAPI document; null when it has none.</summary>
    public async Task<string?> VersionAsync(CancellationToken ct)
    {
        try
        {
            using var json = await GetAsync("/openapi/v1.json", null, ct);
            var info = json.RootElement.GetProperty("info");
            return $"{info.GetProperty("title").GetString()} {info.GetProperty("version").GetString()}";
        }
        catch (Exception e) when (e is ScenarioException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Reads a document.</summary>
    public async Task<JsonDocument> GetAsync(string path, string? token, CancellationToken ct) =>
        await SendAsync(HttpMethod.Get, path, null, token, ct) ?? throw new ScenarioException($"GET {path} returned nothing.");

    /// <summary>
    /// Sends a request, again and again while no node can take it; returns the document, null where the response has none.
    /// </summary>
    /// <param name="method">the method</param>
    /// <param name="path">the path</param>
    /// <param name="body">JSON; null = none</param>
    /// <param name="token">an access token; null = none</param>
    /// <param name="ct">ends it</param>
    public async Task<JsonDocument?> SendAsync(HttpMethod method, string path, string? body, string? token, CancellationToken ct)
    {
        var until = Ticks.Now + Ticks.FromSeconds(RetryFor.TotalSeconds);
        while (true)
        {
            var problem = "";
            for (var i = 0; i < nodes.Count; i++)
            {
                var node = _node;
                (var isDone, var json, problem) = await TrySendAsync(nodes[node], method, path, body, token, ct);
                if (isDone) return json;
                _node = (node + 1) % nodes.Count;
            }

            if (Ticks.Now >= until)
                throw new ScenarioException($"{method} {path} at {string.Join(", ", nodes)} failed: {problem} "
                    + "Is the server running there? (--url; \"history\": false runs without REST.)");
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, ct);
        }
    }

    /// <summary>Sends once; not done without a response, or when the node says that it cannot respond now.</summary>
    private async Task<(bool IsDone, JsonDocument? Json, string Problem)> TrySendAsync(
        Uri node, HttpMethod method, string path, string? body, string? token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(node, path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await _http.SendAsync(request, ct);
            if ((int)response.StatusCode is >= 500 or 429) return (false, null, $"{(int)response.StatusCode}.");
            if (!response.IsSuccessStatusCode)
                throw new ScenarioException($"{method} {path} answered {(int)response.StatusCode}. "
                    + "Do the tokens and rooms come from this server's 'maru seed'? (\"history\": false runs without REST.)");
            if (response.StatusCode == HttpStatusCode.NoContent) return (true, null, "");
            return (true, await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(ct), default, ct), "");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (false, null, e.Message);
        }
    }
}
