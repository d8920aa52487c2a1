using Maru.Server.Configuration;
using Maru.Server.Files;
using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform.Tokens.Issuers;

/// <summary>
/// The keys of an issuer, from a secret, a file or an address. They are read anew when a token names one that is not among them, and now
/// and then while they are used; never more often than <see cref="IssuerOptions.KeysAgain"/>. Those that were read last stay where a read
/// fails. Any thread.
/// </summary>
internal sealed partial class IssuerKeys : IDisposable
{
    private const int MaxBytes = 256 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly IssuerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<IssuerKeys> _log;
    private readonly HttpClient? _http;
    private volatile IssuerKeySet _keys;
    private Task? _reading;
    private DateTimeOffset _triedAt;
    private bool _failed;

    /// <exception cref="StartException">Its file cannot be read.</exception>
    public IssuerKeys(IssuerOptions options, TimeProvider time, ILogger<IssuerKeys> log)
    {
        (_options, _time, _log) = (options, time, log);
        _keys = options.Secret.Length > 0 ? IssuerKeySet.OfSecret(options.Secret) : IssuerKeySet.None;
        if (options.JwksFile.Length > 0) _keys = OpenFile(options.JwksFile);
        if (options.JwksUrl.Length == 0) return;
        // The keys come from this address and no other: a redirection is a failure.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = Patience,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        };
        _http = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = MaxBytes };
    }

    /// <summary>The keys that were read last: tokens that were verified with others are verified again.</summary>
    public IssuerKeySet Now => _keys;

    /// <summary>Finds the key that may have signed a token; null: there is none.</summary>
    /// <param name="id">the <c>kid</c> of its header, or null</param>
    /// <param name="algorithm">the <c>alg</c> of its header</param>
    /// <param name="ct">ends the wait for a read</param>
    public async ValueTask<(SecurityKey? Key, IssuerKeySet Set)> FindAsync(
        string? id, string algorithm, CancellationToken ct)
    {
        var keys = _keys;
        if (keys.Find(id, algorithm) is { } key)
        {
            Refresh();
            return (key, keys);
        }

        if (Read(_options.KeysAgain) is { } reading) await reading.WaitAsync(ct);
        keys = _keys;
        return (keys.Find(id, algorithm), keys);
    }

    /// <summary>Reads the keys anew, beside the request, where they are old.</summary>
    public void Refresh() => _ = Read(_options.KeysEvery);

    public void Dispose() => _http?.Dispose();

    /// <summary>Begins to read the keys where that is as long ago; returns the read that is under way, or null.</summary>
    private Task? Read(TimeSpan age)
    {
        if (_options.Secret.Length > 0) return null;
        lock (_gate)
        {
            if (_reading is { IsCompleted: false }) return _reading;
            var now = _time.GetUtcNow();
            if (now - _triedAt < age) return null;
            _triedAt = now;
            return _reading = Task.Run(ReadAsync);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            _keys = IssuerKeySet.Parse(_http is null ? GivenFile.Read(_options.JwksFile) : await FetchAsync(_http));
            if (_failed) Log.Good(_log, _options.Issuer);
            _failed = false;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or UnauthorizedAccessException
            or FormatException)
        {
            if (!_failed) Log.Failed(_log, _options.Issuer, e.Message);
            _failed = true;
        }
    }

    private async Task<string> FetchAsync(HttpClient http)
    {
        using var response = await http.GetAsync(new Uri(_options.JwksUrl));
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    private static IssuerKeySet OpenFile(string path)
    {
        try
        {
            return IssuerKeySet.Parse(GivenFile.Read(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StartException($"The keys in {path} cannot be read. {e.Message} Correct Maru:Jwt:Issuers.", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The keys of the issuer {Issuer} cannot be read, and those that were read last stay: {Reason}")]
        public static partial void Failed(ILogger log, string issuer, string reason);

        [LoggerMessage(LogLevel.Information, "The keys of the issuer {Issuer} can be read again")]
        public static partial void Good(ILogger log, string issuer);
    }
}
