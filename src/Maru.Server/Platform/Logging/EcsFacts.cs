using System.Globalization;
using System.Net;
using Maru.Server.Platform.Security;

namespace Maru.Server.Platform.Logging;

/// <summary>
/// The values of a line that have a field of their own in the schema: those of requests and of security events. All other values are
/// labels. One line.
/// </summary>
internal struct EcsFacts
{
    public const string Requests = "Maru.Requests";
    public const string Security = "Maru.Security";

    private static readonly string[] Web = ["web"];
    private static readonly string[] Access = ["access"];
    private static readonly string[] Authentication = ["authentication"];
    private static readonly string[] Session = ["session"];
    private static readonly string[] Iam = ["iam"];
    private static readonly string[] Start = ["start"];
    private static readonly string[] End = ["end"];
    private static readonly string[] Info = ["info"];
    private static readonly string[] UserCreation = ["user", "creation"];
    private static readonly string[] UserChange = ["user", "change"];
    private static readonly string[] UserDeletion = ["user", "deletion"];
    private static readonly string[] GroupChange = ["group", "change"];
    private static readonly string[] GroupDeletion = ["group", "deletion"];

    /// <summary>How long the request took, in nanoseconds.</summary>
    public long? Duration { get; private set; }

    public string? Method { get; private set; }

    public long? Status { get; private set; }

    /// <summary>Who did it.</summary>
    public string? User { get; private set; }

    /// <summary>The account that it was done to.</summary>
    public string? Target { get; private set; }

    /// <summary>The address of the client, without the zone of IPv6: none has a field of the type <c>ip</c>.</summary>
    public string? ClientIp { get; private set; }

    public string? Action { get; private set; }

    public string? Reason { get; private set; }

    public string? Outcome { get; private set; }

    public string[]? Categories { get; private set; }

    public string[]? Types { get; private set; }

    /// <summary>Takes the value where it has a field of its own; returns false where it must be a label.</summary>
    public bool Take(string logger, string name, object? value)
    {
        switch (logger, name)
        {
            case (Requests, "Method"):
                Method = Text(value);
                (Categories, Types) = (Web, Access);
                return true;
            case (Requests, "Status") when value is int status:
                Status = status;
                Outcome = status < StatusCodes.Status500InternalServerError ? "success" : "failure";
                return true;
            case (Requests, "Milliseconds") when value is double milliseconds:
                Duration = (long)(milliseconds * 1_000_000);
                return true;
            case (Requests or Security, "UserId"):
                User = Text(value);
                return true;
            case (Requests or Security, "TraceId"):
                return true;    // trace.id has it, or http.request.id where nothing is traced
            case (Security, "Kind"):
                Action = Text(value);
                (Categories, Types) = ClassOf(Action);
                return true;
            case (Security, "Outcome"):
                Outcome = Text(value) == SecurityOutcome.Success ? "success" : "failure";
                return false;   // it says more than the schema's two words
            case (Security, "SubjectId"):
                Target = Text(value);
                return true;
            case (Security, "Detail"):
                Reason = Text(value);
                return true;
            case (Security, "Address") when IPAddress.TryParse(value as string, out var address):
                ClientIp = address.ToString().Split('%')[0];
                return true;
            default:
                return false;
        }
    }

    /// <summary>The value as text, the same on every machine.</summary>
    public static string? Text(object? value) => value switch
    {
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString(),
    };

    private static (string[] Categories, string[] Types) ClassOf(string? kind) => kind switch
    {
        SecurityKind.SignIn or SecurityKind.Refresh => (Authentication, Start),
        SecurityKind.SignOut => (Authentication, End),
        SecurityKind.AccessToken => (Authentication, Info),
        SecurityKind.SessionEnd => (Session, End),
        SecurityKind.SignUp => (Iam, UserCreation),
        SecurityKind.PasswordChange => (Iam, UserChange),
        SecurityKind.AccountDeletion => (Iam, UserDeletion),
        SecurityKind.RoleChange or SecurityKind.MemberRemoval or SecurityKind.BanLift or SecurityKind.Invitation
            or SecurityKind.InvitationEnd => (Iam, GroupChange),
        SecurityKind.RoomDeletion => (Iam, GroupDeletion),
        _ => (Web, Access),
    };
}
