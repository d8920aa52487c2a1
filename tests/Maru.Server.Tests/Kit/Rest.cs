using System.Net.Http.Json;
using System.Text.Json;
using Maru.Engine.Problems;

namespace Maru.Server.Tests.Kit;

/// <summary>
/// HTTP as a test reads it: <c>await ann.Http.SendAsync("PATCH /api/me", new { name = "Ann" }).Read&lt;Profile&gt;()</c>.
/// </summary>
public static class Rest
{
    /// <param name="http">whose</param>
    /// <param name="line">method and address</param>
    /// <param name="body">becomes JSON; null for none</param>
    public static Task<HttpResponseMessage> SendAsync(this HttpClient http, string line, object? body = null)
    {
        var (method, path) = line.Split(' ', 2) is [var first, var second] ? (first, second) : throw new ArgumentException(line);
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        return http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<T> Read<T>(this Task<HttpResponseMessage> answer, int status = 200)
    {
        var text = await answer.ShouldBe(status);
        return JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web) ?? throw new InvalidOperationException("null");
    }

    /// <summary>Returns the body.</summary>
    public static async Task<string> ShouldBe(this Task<HttpResponseMessage> answer, int status)
    {
        using var response = await answer;
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(status, text);
        return text;
    }

    /// <summary>Returns the problem's details.</summary>
    public static async Task<JsonElement> ShouldRefuse(this Task<HttpResponseMessage> answer, Problem problem)
    {
        using var response = await answer;
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(problem.Status, text);
        (response.Content.Headers.ContentType?.MediaType).ShouldBe("application/problem+json");
        var details = JsonDocument.Parse(text).RootElement;
        details.GetProperty("type").GetString().ShouldBe(problem.Slug);
        details.GetProperty("status").GetInt32().ShouldBe(problem.Status);
        details.GetProperty("title").GetString().ShouldBe(problem.Title);
        return details;
    }

    /// <summary>Returns the names of the fields that are refused.</summary>
    public static async Task<string[]> ShouldRefuseFields(this Task<HttpResponseMessage> answer) =>
        [.. (await answer.ShouldRefuse(Problem.Invalid)).GetProperty("errors").EnumerateObject().Select(field => field.Name)];
}
