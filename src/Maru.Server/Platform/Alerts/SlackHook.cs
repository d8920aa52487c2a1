using System.Net;
using System.Text;

namespace Maru.Server.Platform.Alerts;

/// <summary>An incoming webhook of Slack, whose address is a secret: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks</summary>
internal sealed class SlackHook : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly TimeProvider _time;

    public SlackHook(AlertOptions options, TimeProvider time)
    {
        (_address, _time) = (new Uri(options.Slack), time);
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ActivityHeadersPropagator = null,
        };
        _http = new HttpClient(sockets) { Timeout = options.Timeout };
    }

    /// <summary>Posts a message once. Does not read what is said to it, but its status.</summary>
    public async Task<SlackAnswer> PostAsync(string message, CancellationToken ct)
    {
        try
        {
            using var content = new StringContent(message, Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            var status = answer.StatusCode;
            if (answer.IsSuccessStatusCode) return new SlackAnswer(true, false, "");
            var reason = $"status {(int)status}";
            var isBusy = status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;
            return isBusy ? new SlackAnswer(false, false, reason, WaitOf(answer)) : new SlackAnswer(false, true, reason);
        }
        catch (OperationCanceledException)
        {
            return new SlackAnswer(false, false, "it does not respond");
        }
        catch (HttpRequestException e)
        {
            return new SlackAnswer(false, false, $"{e.HttpRequestError}");
        }
    }

    public void Dispose() => _http.Dispose();

    private TimeSpan? WaitOf(HttpResponseMessage answer)
    {
        var wish = answer.Headers.RetryAfter;
        var wait = wish?.Delta ?? wish?.Date - _time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }
}

/// <param name="IsTaken">people see the message</param>
/// <param name="IsRefused">they never will</param>
/// <param name="Reason">why not, without the address</param>
/// <param name="Wait">how long Slack wants not to be asked</param>
internal readonly record struct SlackAnswer(bool IsTaken, bool IsRefused, string Reason, TimeSpan? Wait = null);
