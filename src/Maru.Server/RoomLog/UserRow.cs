using Maru.Engine;
using Maru.Engine.Log;

namespace Maru.Server.RoomLog;

/// <summary>A user as others see them: what <c>user</c> JSON has.</summary>
internal sealed record UserRow(long Id, string Handle, string Name, string? AvatarUrl)
{
    /// <param name="users">the table, or what the query calls it</param>
    public static string Columns(string users) => $"{users}.id, {users}.handle, {users}.name, {users}.avatar_url";

    public byte[] ToJson() => MessageJson.User(new UserId(Id), Handle, Name, AvatarUrl);
}
