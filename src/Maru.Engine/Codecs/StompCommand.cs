namespace Maru.Engine.Codecs;

/// <summary>The commands of STOMP 1.0 to 1.2, client's and server's.</summary>
public enum StompCommand : byte
{
    None,
    Connect,
    Stomp,
    Send,
    Subscribe,
    Unsubscribe,
    Ack,
    Nack,
    Begin,
    Commit,
    Abort,
    Disconnect,
    Connected,
    Message,
    Receipt,
    Error,
}

internal static class StompCommands
{
    public static StompCommand Parse(ReadOnlySpan<byte> line) => line switch
    {
        _ when line.SequenceEqual("SEND"u8) => StompCommand.Send,
        _ when line.SequenceEqual("MESSAGE"u8) => StompCommand.Message,
        _ when line.SequenceEqual("RECEIPT"u8) => StompCommand.Receipt,
        _ when line.SequenceEqual("SUBSCRIBE"u8) => StompCommand.Subscribe,
        _ when line.SequenceEqual("UNSUBSCRIBE"u8) => StompCommand.Unsubscribe,
        _ when line.SequenceEqual("ACK"u8) => StompCommand.Ack,
        _ when line.SequenceEqual("NACK"u8) => StompCommand.Nack,
        _ when line.SequenceEqual("CONNECT"u8) => StompCommand.Connect,
        _ when line.SequenceEqual("STOMP"u8) => StompCommand.Stomp,
        _ when line.SequenceEqual("CONNECTED"u8) => StompCommand.Connected,
        _ when line.SequenceEqual("BEGIN"u8) => StompCommand.Begin,
        _ when line.SequenceEqual("COMMIT"u8) => StompCommand.Commit,
        _ when line.SequenceEqual("ABORT"u8) => StompCommand.Abort,
        _ when line.SequenceEqual("DISCONNECT"u8) => StompCommand.Disconnect,
        _ when line.SequenceEqual("ERROR"u8) => StompCommand.Error,
        _ => StompCommand.None,
    };

    public static ReadOnlySpan<byte> Name(StompCommand command) => command switch
    {
        StompCommand.Connect => "CONNECT"u8,
        StompCommand.Stomp => "STOMP"u8,
        StompCommand.Send => "SEND"u8,
        StompCommand.Subscribe => "SUBSCRIBE"u8,
        StompCommand.Unsubscribe => "UNSUBSCRIBE"u8,
        StompCommand.Ack => "ACK"u8,
        StompCommand.Nack => "NACK"u8,
        StompCommand.Begin => "BEGIN"u8,
        StompCommand.Commit => "COMMIT"u8,
        StompCommand.Abort => "ABORT"u8,
        StompCommand.Disconnect => "DISCONNECT"u8,
        StompCommand.Connected => "CONNECTED"u8,
        StompCommand.Message => "MESSAGE"u8,
        StompCommand.Receipt => "RECEIPT"u8,
        StompCommand.Error => "ERROR"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "not a STOMP command"),
    };

    /// <summary>Only these may carry a body (STOMP 1.2, "Body").</summary>
    public static bool MayHaveBody(StompCommand command) => command is StompCommand.Send or StompCommand.Message or StompCommand.Error;
}
