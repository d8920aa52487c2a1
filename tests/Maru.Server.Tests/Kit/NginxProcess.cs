using System.Diagnostics;

namespace Maru.Server.Tests.Kit;

/// <summary>An nginx of the test's own: on a free port of 127.0.0.1, its files in a temporary folder, gone at the end.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private readonly int _port = Ports.Free();
    private Process? _process;

    private NginxProcess()
    {
    }

    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>Starts it; returns when it takes connections.</summary>
    /// <param name="configuration">made from the port that it must listen at, and a folder for its files</param>
    public static async Task<NginxProcess> StartAsync(Func<int, string, string> configuration)
    {
        var nginx = new NginxProcess();
        try
        {
            await nginx.RunAsync(configuration);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one that passes everything on.</summary>
    /// <param name="server">to whom</param>
    /// <param name="more">further directives of its one location</param>
    public static Task<NginxProcess> StartAsync(Uri server, string more = "") => StartAsync((port, folder) =>
        $$"""
        worker_processes 1;
        pid {{folder}}/nginx.pid;
        events { worker_connections 100; }
        http {
            access_log off;
            client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi;
            uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
            server {
                listen 127.0.0.1:{{port}};
                location / { proxy_pass {{server}}; {{more}} }
            }
        }
        """);

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } master)
        {
            using var quit = Launch("-s", "stop");
            await quit.WaitForExitAsync();
            await master.WaitForExitAsync();
        }

        _process?.Dispose();
        _folder.Dispose();
    }

    private async Task RunAsync(Func<int, string, string> configuration)
    {
        await File.WriteAllTextAsync($"{_folder.Path}/nginx.conf", configuration(_port, _folder));
        using (var test = Launch("-t"))
        {
            var said = await test.StandardError.ReadToEndAsync();
            await test.WaitForExitAsync();
            test.ExitCode.ShouldBe(0, said);
        }

        _process = Launch("-g", "daemon off;");
        await Deadline.Until(IsListeningAsync, "nginx to listen");
    }

    private async Task<bool> IsListeningAsync()
    {
        using var tcp = new System.Net.Sockets.TcpClient();
        try
        {
            await tcp.ConnectAsync(Address.Host, Address.Port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private Process Launch(params string[] arguments)
    {
        var program = Programs.PathOf("nginx", "nginx-light");
        var start = new ProcessStartInfo(program) { RedirectStandardError = arguments is ["-t"] };
        string[] always = ["-p", _folder, "-c", $"{_folder.Path}/nginx.conf", "-e", $"{_folder.Path}/error.log"];
        foreach (var argument in always.Concat(arguments)) start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException(program);
    }
}
