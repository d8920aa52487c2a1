using System.ComponentModel.DataAnnotations;

namespace Maru.Server.Platform.Alerts;

/// <summary>Errors of the log, told to people in Slack.</summary>
internal sealed class AlertOptions : IValidatableObject
{
    /// <summary>Address of an incoming webhook of Slack, which is a secret; empty: nobody is told.</summary>
    public string Slack { get; set; } = "";

    /// <summary>Errors of one kind are told at once, and then no sooner than this after the last time.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Messages of all kinds together in an hour; the others wait, and are counted in the next one of their kind.</summary>
    [Range(1, 3600)]
    public int PerHour { get; set; } = 30;

    /// <summary>Time in which Slack must respond.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Page that each message links to; <c>{trace}</c> in it is the trace id of the first error. Empty: none.</summary>
    public string Link { get; set; } = "";

    internal bool IsUsed => Slack.Length > 0;

    /// <summary>The values are named and never repeated: one of them is a secret.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsUsed && !(Uri.TryCreate(Slack, UriKind.Absolute, out var hook) && IsSafe(hook)))
            yield return new ValidationResult("Slack must be an address with https:// (with http:// only on this machine).");
        if (Link.Length > 0 && !(Uri.TryCreate(Link, UriKind.Absolute, out var link) && link.Scheme is "http" or "https"))
            yield return new ValidationResult("Link must be an address with http:// or https://.");
    }

    private static bool IsSafe(Uri address) => address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback);
}
