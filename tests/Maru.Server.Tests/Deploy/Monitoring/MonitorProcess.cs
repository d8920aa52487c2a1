using System.Diagnostics;
using System.Text.Json;

namespace Maru.Server.Tests.Deploy.Monitoring;

/// <summary>A Prometheus or Alertmanager of the test's own: on a free port of 127.0.0.1, its data in a temporary folder.</summary>
internal sealed class MonitorProcess : IAsyncDisposable
{
    private readonly Folder _data = new();
    private readonly List<string> _lines = [];
    private Process? _process;

    private MonitorProcess()
    {
        var port = Ports.Free();
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public HttpClient Http { get; }

    /// <param name="config">its file; what that names lies beside it</param>
    public static Task<MonitorProcess> StartPrometheusAsync(string config) =>
        StartAsync("prometheus", folder => [$"--config.file={config}", $"--storage.tsdb.path={folder}"]);

    /// <inheritdoc cref="StartPrometheusAsync"/>
    public static Task<MonitorProcess> StartAlertmanagerAsync(string config) => StartAsync(
        "prometheus-alertmanager", folder => [$"--config.file={config}", $"--storage.path={folder}", "--cluster.listen-address="]);

    public async Task<JsonElement> GetAsync(string path) =>
        JsonDocument.Parse(await Http.SendAsync($"GET {path}").ShouldBe(200)).RootElement;

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        Kill();
        _data.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<MonitorProcess> StartAsync(string program, Func<string, string[]> arguments)
    {
        var monitor = new MonitorProcess();
        try
        {
            await monitor.RunAsync(program, arguments(monitor._data));
            return monitor;
        }
        catch
        {
            await monitor.DisposeAsync();
            throw;
        }
    }

    private async Task RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.PathOf(program, "prometheus prometheus-alertmanager")) { RedirectStandardError = true };
        start.ArgumentList.Add($"--web.listen-address={Http.BaseAddress!.Authority}");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = _process = Process.Start(start) ?? throw new InvalidOperationException(program);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
        await Deadline.Until(IsReadyAsync, $"{program} to be ready");
    }

    private void Kill()
    {
        if (Interlocked.Exchange(ref _process, null) is not { } process) return;
        Signals.Kill(process.Id);
        process.WaitForExit();
        process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_lines) _lines.Add(line);
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_process is not { HasExited: false })
            lock (_lines) throw new InvalidOperationException(string.Join('\n', _lines));
        try
        {
            using var answer = await Http.SendAsync("GET /-/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
