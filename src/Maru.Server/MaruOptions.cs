using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using Maru.Engine;
using Maru.Server.Backup;
using Maru.Server.Bus;
using Maru.Server.Configuration;
using Maru.Server.Features.Accounts;
using Maru.Server.Features.Blocks;
using Maru.Server.Features.Contacts;
using Maru.Server.Features.Files;
using Maru.Server.Features.Guests;
using Maru.Server.Features.Invitations;
using Maru.Server.Features.LinkPreviews;
using Maru.Server.Features.Pins;
using Maru.Server.Features.Polls;
using Maru.Server.Features.Reactions;
using Maru.Server.Features.Rooms;
using Maru.Server.Features.Scheduled;
using Maru.Server.Features.Search;
using Maru.Server.Features.Sessions;
using Maru.Server.Features.Stars;
using Maru.Server.Platform;
using Maru.Server.Platform.Alerts;
using Maru.Server.Platform.Credentials;
using Maru.Server.Platform.Http;
using Maru.Server.Platform.Limits;
using Maru.Server.Platform.Telemetry;
using Maru.Server.Platform.Tokens;
using Maru.Server.Storage;
using Maru.Server.Storage.Postgres;
using Maru.Server.Storage.Sqlite;

namespace Maru.Server;

/// <summary>Every setting of the program: the section <c>Maru</c> of appsettings.json, which says the same in its comments.</summary>
internal sealed class MaruOptions : IValidatableObject
{
    private const string StompTcpForm = "StompTcp must be an IP address and a port, such as 127.0.0.1:61613.";

    /// <summary>
    /// Connection string of the store: <c>Data Source=file</c> is SQLite, <c>Host=…;Database=…;Username=…;Password=…</c> PostgreSQL.
    /// </summary>
    [Required]
    public string Database { get; set; } = "Data Source=data/maru.db";

    /// <summary>Folder for keys and files.</summary>
    [Required]
    public string Data { get; set; } = "data";

    /// <summary>
    /// Folder whose files each hold one setting, a password say: <c>Maru__Bus__Password</c>, named as in the environment. Empty: none.
    /// </summary>
    public string Secrets { get; set; } = "";

    /// <summary><c>host:port[,host:port]</c> of the bus between nodes; empty for a single node.</summary>
    [RegularExpression(@"(\s*([^:,\s]+|\[[^\],\s]+\]):\d{1,5}\s*(,|$))*", ErrorMessage = "Redis must be host:port[,host:port].")]
    public string Redis { get; set; } = "";

    /// <summary><c>address:port</c> at which STOMP is spoken over plain TCP, unencrypted; empty for none.</summary>
    [RegularExpression(@"([^:]+|\[.+\]):\d+|", ErrorMessage = StompTcpForm)]
    public string StompTcp { get; set; } = "";

    public BusOptions Bus { get; } = new();

    public SqliteOptions Sqlite { get; } = new();

    public PostgresOptions Postgres { get; } = new();

    public SignupOptions Signup { get; } = new();

    public PasswordOptions Passwords { get; } = new();

    public SignInOptions Sessions { get; } = new();

    public JwtOptions Jwt { get; } = new();

    public GuestOptions Guests { get; } = new();

    public RoomOptions Rooms { get; } = new();

    public InvitationOptions Invitations { get; } = new();

    public ContactOptions Contacts { get; } = new();

    public BlockOptions Blocks { get; } = new();

    public ReactionOptions Reactions { get; } = new();

    public StarOptions Stars { get; } = new();

    public PinOptions Pins { get; } = new();

    public PollOptions Polls { get; } = new();

    public FilesOptions Files { get; } = new();

    public LinkPreviewOptions LinkPreviews { get; } = new();

    public ScheduledOptions Scheduled { get; } = new();

    public SearchOptions Search { get; } = new();

    public BackupOptions Backup { get; } = new();

    public HttpOptions Http { get; } = new();

    public LimitOptions Limits { get; } = new();

    public RateLimitOptions RateLimits { get; } = new();

    public MetricsOptions Metrics { get; } = new();

    public TracingOptions Tracing { get; } = new();

    public AlertOptions Alerts { get; } = new();

    public EngineOptions Engine { get; } = new();

    /// <summary><see cref="Database"/> and <see cref="Data"/>, for those who need no more.</summary>
    internal StorageOptions Storage => new(Database, Data);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (StompTcp.Length > 0 && !IPEndPoint.TryParse(StompTcp, out _)) yield return new ValidationResult(StompTcpForm);
        foreach (var server in Redis.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!ushort.TryParse(server.AsSpan(server.LastIndexOf(':') + 1), CultureInfo.InvariantCulture, out var port) || port == 0)
                yield return new ValidationResult($"Redis has {server}, whose port is none (1 to {ushort.MaxValue}).");
        }
    }

    /// <exception cref="StartException">A setting is unknown or out of range.</exception>
    public static MaruOptions Read(IConfiguration configuration) => Adjusted(Settings.Read<MaruOptions>(configuration));

    /// <summary>As <see cref="Read"/>, and does not look at unknown names.</summary>
    /// <exception cref="StartException">A setting is out of range.</exception>
    public static MaruOptions ReadKnown(IConfiguration configuration) => Adjusted(Settings.ReadKnown<MaruOptions>(configuration));

    private static MaruOptions Adjusted(MaruOptions options)
    {
        options.Engine.TraceRatio = options.Tracing.Ratio;
        if (options.RateLimits.Enabled) return options;
        (options.Engine.MessagesPerSecond, options.Engine.SignalDeliveriesPerSecond) = (0, 0);
        options.Engine.Presence.PeoplePerSecond = 0;
        return options;
    }
}
