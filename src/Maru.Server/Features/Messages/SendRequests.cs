using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Maru.Engine;
using Maru.Engine.Problems;
using Maru.Server.Platform;
using Maru.Server.Platform.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Maru.Server.Features.Messages;

/// <summary>What all requests that send have in common: the idempotency key and the response.</summary>
internal static class SendRequests
{
    public const string KeyHeader = "Idempotency-Key";

    /// <summary>Reads the key; null: there is none.</summary>
    /// <param name="header">its value, or null</param>
    public static bool TryReadKey(string? header, EngineOptions options, out byte[]? key, [NotNullWhen(false)] out IResult? refused)
    {
        refused = null;
        key = header is null ? null : HeaderText.Bytes(header);
        if (key is null || (key.Length > 0 && key.Length <= options.MaxClientKeyBytes && Utf8.IsValid(key))) return true;
        refused = Refused(
            new Refusal(Problem.Invalid, $"{KeyHeader} must have 1 to {options.MaxClientKeyBytes} bytes of UTF-8.", KeyHeader));
        return false;
    }

    /// <summary>Returns 201 with the message; for a repeat 200 with the first one, as it is now.</summary>
    public static async Task<IResult> ToResultAsync(
        this Sent sent, HttpContext context, RoomId room, UserId user, MessageStore store, CancellationToken ct)
    {
        if (sent.Refusal is { RetryAfter: > 0 } wait) return Problems.Later(context, wait);
        if (sent.Refusal is not null) return Refused(sent.Refusal);
        if (sent.IsRepeat) return Found(await store.FindAsync(room, user, sent.Seq, ct));
        context.Response.Headers.Location = context.Link($"/api/rooms/{room}/messages/{sent.Seq}");
        return new WrittenJson(sent.Json, StatusCodes.Status201Created);
    }

    public static IResult Found(ReadOnlyMemory<byte>? json) =>
        json is { } bytes ? new WrittenJson(bytes, StatusCodes.Status200OK) : Problem.NotFound.Result();

    public static ProblemHttpResult Refused(Refusal refusal)
    {
        if (refusal is not { Field: { } field, Detail: { } detail }) return refusal.Problem.Result(refusal.Detail);
        var errors = new FieldErrors();
        errors.Add(field, detail);
        return errors.Result();
    }
}
