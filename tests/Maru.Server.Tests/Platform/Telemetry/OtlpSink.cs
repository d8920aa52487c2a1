using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Maru.Server.Tests.Platform.Telemetry;

/// <summary>
/// A back end for OpenTelemetry: takes what is sent by OTLP over HTTP, and gives it out in parts that a test can look at.
/// </summary>
internal sealed class OtlpSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _received = new();

    private OtlpSink()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            _received.Enqueue((signal, body.ToArray()));
            return Results.Bytes([], "application/x-protobuf");
        });
    }

    public string Address => _app.Urls.First();

    /// <summary>What makes a server send everything here, soon.</summary>
    public string[] Settings =>
    [
        $"--OTEL_EXPORTER_OTLP_ENDPOINT={Address}",
        "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        "--OTEL_METRIC_EXPORT_INTERVAL=200",
        "--OTEL_BSP_SCHEDULE_DELAY=100",
        "--OTEL_BLRP_SCHEDULE_DELAY=100",
    ];

    /// <summary>All spans so far.</summary>
    public Span[] Spans =>
    [
        .. from sent in Of("traces")
           from of in Fields.Read(sent).All(1)
           let node = of.Sub(1).All(1).Where(x => x.Text(1) == "service.instance.id").Select(x => x.Sub(2).Text(1)).Single()
           from scope in of.All(2)
           from span in scope.All(2)
           select new Span(node, span),
    ];

    /// <summary>The names of all metrics so far.</summary>
    public string[] Metrics =>
    [
        .. from sent in Of("metrics")
           from of in Fields.Read(sent).All(1)
           from scope in of.All(2)
           from metric in scope.All(2)
           select metric.Text(1),
    ];

    /// <summary>The categories and texts of all log records so far.</summary>
    public string[] Logs =>
    [
        .. from sent in Of("logs")
           from of in Fields.Read(sent).All(1)
           from scope in of.All(2)
           from record in scope.All(2)
           select $"{scope.Sub(1).Text(1)}: {record.Sub(5).Text(1)}",
    ];

    public static async Task<OtlpSink> StartAsync()
    {
        var sink = new OtlpSink();
        await sink._app.StartAsync();
        return sink;
    }

    /// <summary>Returns whether anything that was sent has that text.</summary>
    public bool Has(string text) => _received.Any(x => x.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IEnumerable<byte[]> Of(string signal) => _received.Where(x => x.Signal == signal).Select(x => x.Body);

    /// <param name="Node">that sent it</param>
    internal sealed record Span(string Node, Fields Of)
    {
        public string Trace => Convert.ToHexStringLower(Of.Bytes(1));

        public string Id => Convert.ToHexStringLower(Of.Bytes(2));

        public string Parent => Convert.ToHexStringLower(Of.Bytes(4));

        public string Name => Of.Text(5);

        public ulong Start => Of.Number(7);

        public ulong End => Of.Number(8);

        public IReadOnlyDictionary<string, string> Tags => Of.All(9).ToDictionary(x => x.Text(1), x => x.Sub(2).Value);
    }

    /// <summary>A message of protocol buffers: its fields by number, without a schema.</summary>
    internal sealed class Fields
    {
        private readonly List<(int Field, ulong Number, byte[] Bytes)> _all = [];

        /// <summary>The one value that it has, as text.</summary>
        public string Value => _all switch
        {
            [] => "",
            [(_, var number, []), ..] => $"{number}",
            [(_, _, var text), ..] => Encoding.UTF8.GetString(text),
        };

        public static Fields Read(byte[] message)
        {
            var fields = new Fields();
            for (var at = 0; at < message.Length;)
            {
                var key = Varint(message, ref at);
                var field = (int)(key >> 3);
                switch (key & 7)
                {
                    case 0:
                        fields._all.Add((field, Varint(message, ref at), []));
                        break;
                    case 1:
                        fields._all.Add((field, BitConverter.ToUInt64(message, at), []));
                        at += 8;
                        break;
                    case 2:
                        var length = (int)Varint(message, ref at);
                        fields._all.Add((field, 0, message[at..(at + length)]));
                        at += length;
                        break;
                    case 5:
                        fields._all.Add((field, BitConverter.ToUInt32(message, at), []));
                        at += 4;
                        break;
                    default:
                        throw new FormatException($"wire type {key & 7}");
                }
            }

            return fields;
        }

        public IEnumerable<Fields> All(int field) => _all.Where(x => x.Field == field).Select(x => Read(x.Bytes));

        public Fields Sub(int field) => Read(Bytes(field));

        public byte[] Bytes(int field) => _all.Find(x => x.Field == field).Bytes ?? [];

        public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

        public ulong Number(int field) => _all.Find(x => x.Field == field).Number;

        private static ulong Varint(byte[] message, ref int at)
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                var next = message[at++];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80) return value;
            }
        }
    }
}
