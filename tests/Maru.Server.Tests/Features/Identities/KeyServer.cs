using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Maru.Server.Tests.Features.Identities;

/// <summary>An issuer's address of public keys, over HTTP: the keys can be changed, and the address can be away.</summary>
internal sealed class KeyServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile string _keys;
    private volatile bool _isAway;
    private int _reads;

    private KeyServer(WebApplication app, string keys)
    {
        (_app, _keys) = (app, keys);
        app.Run(context =>
        {
            Interlocked.Increment(ref _reads);
            if (!_isAway) return context.Response.WriteAsync(_keys);
            context.Abort();
            return Task.CompletedTask;
        });
    }

    /// <summary>How often the keys were asked for.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public bool IsAway
    {
        set => _isAway = value;
    }

    public string Keys
    {
        set => _keys = value;
    }

    public static async Task<KeyServer> StartAsync(params JsonObject[] keys)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"] });
        var server = new KeyServer(builder.Build(), Set(keys));
        await server._app.StartAsync();
        return server;
    }

    public static string[] Settings(params string[] more) =>
    [
        "--Maru:Jwt:Issuers:site:Issuer=https://site.example", "--Maru:Jwt:Issuers:site:Audience=chat",
        .. more.Select(x => $"--Maru:Jwt:Issuers:site:{x}"),
    ];

    public string[] Settings() => Settings($"JwksUrl={_app.Urls.Single()}/keys");

    public static string Set(params JsonObject[] keys) => new JsonObject { ["keys"] = new JsonArray([.. keys]) }.ToJsonString();

    public static JsonObject Curve(ECDsa key, string id)
    {
        var q = key.ExportParameters(false).Q;
        return new JsonObject
        {
            ["kty"] = "EC",
            ["use"] = "sig",
            ["kid"] = id,
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(q.X),
            ["y"] = Base64Url.EncodeToString(q.Y),
        };
    }

    public static JsonObject Rsa(RSA key, string id)
    {
        var parameters = key.ExportParameters(false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["kid"] = id,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
