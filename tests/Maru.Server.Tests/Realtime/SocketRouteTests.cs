using Maru.Server.Realtime;

namespace Maru.Server.Tests.Realtime;

public sealed class SocketRouteTests
{
    [Theory]
    [InlineData("/ws", "/ws", true)]
    [InlineData("/ws", "/wsx", false)]
    [InlineData("/ws", "/ws/", false)]
    [InlineData("/ws", "/WS", false)]
    [InlineData("/ws", "/%77s", false)]
    [InlineData("/ws", "/ws?x=1", false)]
    [InlineData("/ws", "ws", false)]
    [InlineData("/ws", "", false)]
    [InlineData("/a/{server}/{session}/websocket", "/a/000/x_y-z.~9/websocket", true)]
    [InlineData("/a/{server}/{session}/websocket", "/a/000//websocket", false)]
    [InlineData("/a/{server}/{session}/websocket", "/a/000/x%2Fy/websocket", false)]
    [InlineData("/a/{server}/{session}/websocket", "/a/000/x/websocket/", false)]
    [InlineData("/a/{server}/{session}/websocket", "/a/000/websocket", false)]
    [InlineData("/b/", "/b/", true)]
    [InlineData("/b/", "/b", false)]
    public void An_address_is_taken_letter_by_letter(string path, string target, bool taken) =>
        new SocketRoute(path, [], (_, _) => null!).Takes(target).ShouldBe(taken);
}
