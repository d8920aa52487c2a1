using System.Diagnostics;
using System.Globalization;

/// <summary>
/// Faults that a server does not have, for the drills: <c>DOTNET_STARTUP_HOOKS</c> loads them into a process, and
/// <c>MARU_FAULT</c> names one.
/// </summary>
internal static class StartupHook
{
    private const int PerSecond = 10;

    private static readonly List<byte[]> Kept = [];

    private static Timer? Ticks;     // or it is collected

    public static void Initialize()
    {
        switch (Environment.GetEnvironmentVariable("MARU_FAULT")?.Split(':', 2))
        {
            case ["leak", var file]:
                Ticks = new Timer(_ => Leak(file), null, 0, 1000 / PerSecond);
                break;
            case ["bug", var route]:
                DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(
                    listener => listener.Subscribe(new Observer<KeyValuePair<string, object?>>(seen => Fail(seen, route)))));
                break;
        }
    }

    /// <summary>Keeps as many bytes a second as a file says, from when it is there, in small objects.</summary>
    private static void Leak(string file)
    {
        const int Size = 1000;
        if (!File.Exists(file)) return;
        var pieces = int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) / PerSecond / Size;
        lock (Kept)
        {
            for (var i = 0; i < pieces; i++)
            {
                var piece = new byte[Size];
                Array.Fill(piece, (byte)1);
                Kept.Add(piece);
            }
        }
    }

    /// <summary>Fails each second request to a route, where the web server tells that it has found the route.</summary>
    private static void Fail(KeyValuePair<string, object?> seen, string route)
    {
        if (seen.Key != "Microsoft.AspNetCore.Routing.EndpointMatched") return;
        dynamic context = seen.Value!;
        string path = context.Request.Path.Value;
        if (path.EndsWith(route, StringComparison.Ordinal) && Random.Shared.Next(2) == 0)
            throw new InvalidOperationException("Sequence contains no elements");
    }

    private sealed class Observer<T>(Action<T> hear) : IObserver<T>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(T value) => hear(value);
    }
}
