using System.Diagnostics;
using System.Globalization;
using Maru.Server.Features.Files.Stores;

namespace Maru.Server.Tests.Kit;

/// <summary>An S3 server of the test's own: on a free port of 127.0.0.1, in memory, gone at the end.</summary>
public sealed class S3Process : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly int _port = Ports.Free();
    private Process? _process;

    public string Address => $"http://127.0.0.1:{_port}";

    public async ValueTask InitializeAsync()
    {
        var folder = await NodePackages.InstallAsync("s3");
        var start = new ProcessStartInfo("node", ["server.mjs", _port.ToString(CultureInfo.InvariantCulture), "secret"])
        {
            WorkingDirectory = folder,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("no process");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
        await Deadline.Until(IsThereAsync, "the S3 server to answer");
    }

    /// <summary>Makes a bucket; returns the settings of a server that uses it.</summary>
    /// <param name="mayDelete">false: all deletions are refused</param>
    internal async Task<S3Options> MakeBucketAsync(bool mayDelete = true)
    {
        var bucket = $"{(mayDelete ? "maru" : "kept")}-{Guid.NewGuid():n}";
        using var made = await _http.PutAsync(new Uri($"{Address}/{bucket}"), null);
        made.EnsureSuccessStatusCode();
        return new S3Options { Endpoint = Address, Bucket = bucket, AccessKey = "key", SecretKey = "secret" };
    }

    /// <summary>Returns the same as a server's command line has them.</summary>
    internal static string[] SettingsOf(S3Options options) =>
    [
        $"--Maru:Files:S3:Endpoint={options.Endpoint}", $"--Maru:Files:S3:Bucket={options.Bucket}",
        $"--Maru:Files:S3:AccessKey={options.AccessKey}", $"--Maru:Files:S3:SecretKey={options.SecretKey}",
    ];

    /// <summary>Returns how a command reaches backups in the bucket.</summary>
    internal static string[] BackupSettingsOf(S3Options options) =>
    [
        $"--Maru:Backup:S3:Endpoint={options.Endpoint}", $"--Maru:Backup:S3:AccessKey={options.AccessKey}",
        $"--Maru:Backup:S3:SecretKey={options.SecretKey}",
    ];

    public ValueTask DisposeAsync()
    {
        Kill();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> IsThereAsync()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri($"{Address}/health"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Ends it, with all that it has.</summary>
    public void Kill()
    {
        if (_process is not { } process) return;
        _process = null;
        Signals.Kill(process.Id);
        process.WaitForExit();
        process.Dispose();
    }
}
