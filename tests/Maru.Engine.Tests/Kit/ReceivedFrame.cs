using System.Globalization;
using System.Text;
using Maru.Engine.Codecs;

namespace Maru.Engine.Tests.Kit;

/// <summary>A frame taken off the wire by a client: everything copied and decoded.</summary>
internal sealed record ReceivedFrame(StompCommand Command, (string Name, string Value)[] Headers, byte[] Body, WebSocketOpcode Opcode)
{
    public string? this[string name] => Array.Find(Headers, x => x.Name == name).Value;

    public string Text => Encoding.UTF8.GetString(Body);

    public long Seq => long.Parse(this["seq"] ?? "0", CultureInfo.InvariantCulture);

    public static ReceivedFrame From(in StompFrame frame, WebSocketOpcode opcode = WebSocketOpcode.Text)
    {
        List<(string, string)> headers = [];
        foreach (var header in frame.Headers)
            headers.Add((Latin(StompEscapes.Decode(header.Name, frame.Version)), Latin(StompEscapes.Decode(header.Value, frame.Version))));
        return new ReceivedFrame(frame.Command, [.. headers], frame.Body.ToArray(), opcode);
    }

    /// <summary>One line that says all of it: <c>SEND {a=b}{c=d} body</c>, bytes as Latin-1.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Encoding.ASCII.GetString(StompCommands.Name(Command)));
        text.Append(' ');
        foreach (var (name, value) in Headers) text.Append(CultureInfo.InvariantCulture, $"{{{name}={value}}}");
        return text.Append(' ').Append(Encoding.Latin1.GetString(Body)).ToString();
    }

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
