using System.Net;
using Maru.Server.Configuration;

namespace Maru.Server.Commands.Status;

/// <summary>Asks a server over HTTP what it says of itself.</summary>
internal sealed class ServerLook(Uri server, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new() { Timeout = Patience };
    private PrometheusText? _before;
    private long _at;

    /// <summary>Looks, and looks again after a second; then each call a second after the last one.</summary>
    /// <exception cref="HttpRequestException">It does not respond.</exception>
    /// <exception cref="OperationCanceledException">It does not respond in time, or the caller gave up.</exception>
    /// <exception cref="StartException">It does not tell us, or is no Maru.</exception>
    public async Task<ServerStatus> NextAsync(CancellationToken ct)
    {
        if (_before is null)
        {
            _before = await ReadAsync(ct);
            _at = time.GetTimestamp();
        }

        await Task.Delay(Between, time, ct);
        using var ready = await _http.GetAsync(new Uri(server, "health/ready"), ct);
        var now = await ReadAsync(ct);
        var status = ServerStatus.Of(server.ToString(), ready.IsSuccessStatusCode, _before, now, time.GetElapsedTime(_at));
        (_before, _at) = (now, time.GetTimestamp());
        return status;
    }

    public void Dispose() => _http.Dispose();

    private async Task<PrometheusText> ReadAsync(CancellationToken ct)
    {
        using var answer = await _http.GetAsync(new Uri(server, "metrics"), ct);
        if (answer.StatusCode == HttpStatusCode.Forbidden)
        {
            throw new StartException(
                $"{server} does not tell its metrics to this address. Ask on its own machine and not through a proxy, or name this address "
                + "in Maru:Metrics:Networks.");
        }

        var text = PrometheusText.Parse(answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(ct) : "");
        return text.Sum("maru_connections") is null
            ? throw new StartException($"{server} answers ({(int)answer.StatusCode}), and is no Maru. Correct --url.")
            : text;
    }
}
