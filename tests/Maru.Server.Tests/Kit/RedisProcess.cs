using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// A Redis of the test's own: on a free port of 127.0.0.1, no data on disk, gone at the end.
/// It can be killed, paused and started again on the same port.
/// </summary>
/// <param name="settings">options of redis-server</param>
internal sealed class RedisProcess(params string[] settings) : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private readonly int _port = Ports.Free();
    private Process? _process;

    /// <summary>host:port, also before it runs.</summary>
    public string Address => $"127.0.0.1:{_port}";

    public static async Task<RedisProcess> StartAsync()
    {
        var redis = new RedisProcess();
        await redis.StartAgainAsync();
        return redis;
    }

    /// <summary>Starts it, for the first time or after a kill; returns when it responds.</summary>
    public async Task StartAgainAsync()
    {
        var program = Programs.PathOf("redis-server", "redis-server");
        var start = new ProcessStartInfo(program) { WorkingDirectory = _folder, RedirectStandardOutput = true };
        foreach (var arg in (string[])[
            "--bind", "127.0.0.1", "--port", $"{_port}", "--save", "", "--appendonly", "no", "--daemonize", "no", .. settings,
        ])
            start.ArgumentList.Add(arg);
        _process = Process.Start(start) ?? throw new InvalidOperationException(program);
        _ = _process.StandardOutput.ReadToEndAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
        await Deadline.Until(async () => await AskAsync("PING") is "+PONG", "Redis to answer");
    }

    /// <summary>Kills it, with every connection.</summary>
    public void Kill()
    {
        if (_process is not { } process) return;
        _process = null;
        Signals.Kill(process.Id);
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>Freezes it: it stays, keeps its connections, and does not respond.</summary>
    public void Pause() => Signals.Pause(_process!.Id);

    public void Resume() => Signals.Resume(_process!.Id);

    /// <summary>Returns the number of connections that listen to the channel.</summary>
    public async Task<int> ListenersAsync(string channel, bool sharded = false) =>
        await AskAsync($"PUBSUB {(sharded ? "SHARDNUMSUB" : "NUMSUB")} {channel}", lines: 4) is { } answer
            ? int.Parse(answer[(answer.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture)
            : 0;

    /// <summary>Publishes a message as another program that uses this Redis could.</summary>
    public async Task PublishAsync(string channel, byte[] message)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _port);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"*3\r\n$7\r\nPUBLISH\r\n${channel.Length}\r\n{channel}\r\n${message.Length}\r\n")));
        await stream.WriteAsync((byte[])[.. message, .. "\r\n"u8]);
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync()).ShouldStartWith(":");
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Returns the response's lines; null: nothing listens.</summary>
    public async Task<string?> AskAsync(string command, int lines = 1)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{command}\r\n"));
            using var reader = new StreamReader(client.GetStream());
            var answer = "";
            for (var i = 0; i < lines; i++) answer += await reader.ReadLineAsync();
            return answer;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return null;
        }
    }
}
