using System.Reflection;
using System.Text.RegularExpressions;
using Maru.Engine.Problems;
using Maru.Server.Features.LinkPreviews.Fetching;
using Maru.Server.Platform;
using Maru.Server.Platform.Security;

namespace Maru.Server.Tests.Deploy.Monitoring;

/// <summary>
/// The names and labels that a server has for Prometheus: of docs/metrics.md, which a test holds to the program, and of a server's
/// <c>/metrics</c>, for those of .NET, its web server and the driver of PostgreSQL.
/// </summary>
internal sealed partial class MetricNames
{
    /// <summary>The values of labels that expressions name, from where the program has them.</summary>
    private static readonly Dictionary<string, string[]> Values = new()
    {
        ["job"] = ["maru"],
        ["service_name"] = ["maru"],
        ["reason"] = [.. Problems(typeof(Problem)), .. Problems(typeof(Problems))],
        ["kind"] = Constants(typeof(SecurityKind)),
        ["outcome"] = [.. Constants(typeof(SecurityOutcome)), .. Enum.GetNames<FetchOutcome>().Select(x => x.ToLowerInvariant()), "done"],
        ["filled"] = ["bus", "later", "store"],
        ["result"] = ["made", "failed"],
        ["room"] = ["all", "busiest"],
        ["bound"] = ["all", "address"],
        ["origin"] = ["here", "elsewhere"],
        ["http_response_status_code"] = ["200", "400", "500", "503"],
        ["db_client_connection_state"] = ["used", "idle"],
    };

    /// <summary>Prometheus adds them.</summary>
    private static readonly string[] OfPrometheus = ["job", "instance"];

    private readonly Dictionary<string, HashSet<string>> _labels = new() { ["up"] = [] };
    private readonly HashSet<string> _documented = [];

    /// <param name="metrics">what a server says at <c>/metrics</c></param>
    public MetricNames(string metrics)
    {
        foreach (var line in metrics.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var match = Series().Match(line);
            var labels = _labels.TryGetValue(match.Groups[1].Value, out var known) ? known : _labels[match.Groups[1].Value] = [];
            labels.UnionWith(Label().Matches(match.Groups[2].Value).Select(label => label.Groups[1].Value));
        }

        foreach (Match row in Row().Matches(Repository.Read("docs/metrics.md")))
        {
            string[] suffixes = row.Groups[2].Value == "histogram" ? ["_bucket", "_count", "_sum"] : [""];
            _documented.UnionWith(suffixes.Select(suffix => row.Groups[1].Value + suffix));
        }
    }

    /// <summary>Returns those of a server on this run's store, with a bus.</summary>
    public static async Task<MetricNames> OfServerAsync()
    {
        using var folder = new Folder();
        await using var redis = await RedisProcess.StartAsync();
        await using var server = await MaruProcess.StartAsync(folder, $"--Maru:Redis={redis.Address}");
        using var http = new HttpClient { BaseAddress = server.Address };
        await http.SendAsync("GET /api/me").ShouldBe(401);
        var text = "";
        await Deadline.Until(
            async () => (text = await http.SendAsync("GET /metrics").ShouldBe(200)).Contains("http_response_status_code=\"401\""),
            "the request to be measured");
        return new MetricNames(text);
    }

    /// <summary>Returns what is wrong with an expression.</summary>
    /// <param name="expression">in PromQL</param>
    /// <param name="recorded">names of recording rules</param>
    public IEnumerable<string> Faults(string expression, IReadOnlyCollection<string> recorded)
    {
        foreach (var (name, matchers) in PromQl.Selectors(expression))
        {
            if (recorded.Contains(name)) continue;
            if (!_documented.Contains(name) && !_labels.ContainsKey(name)) yield return $"no metric {name}";
            foreach (var (label, value) in matchers)
            {
                if (_labels.TryGetValue(name, out var labels) && !labels.Contains(label) && !OfPrometheus.Contains(label))
                    yield return $"no label {label} of {name}";
                else if (label != "instance" && !Array.TrueForAll(value.Split('|'), part => IsValue(label, part)))
                    yield return $"no value {value} of {label}";
            }
        }

        foreach (var label in PromQl.Labels(expression))
        {
            if (!OfPrometheus.Contains(label) && !Values.ContainsKey(label) && !_labels.Values.Any(labels => labels.Contains(label)))
                yield return $"no label {label}";
        }
    }

    private static bool IsValue(string label, string pattern) =>
        Array.Exists(Values.GetValueOrDefault(label, []), value => Regex.IsMatch(value, $"^(?:{pattern})$"));

    private static string[] Problems(Type catalogue) =>
        [.. Fields(catalogue).Select(field => field.GetValue(null)).OfType<Problem>().Select(problem => problem.Slug)];

    private static string[] Constants(Type names) => [.. Fields(names).Select(field => field.GetValue(null)).OfType<string>()];

    private static FieldInfo[] Fields(Type type) => type.GetFields(BindingFlags.Static | BindingFlags.Public);

    [GeneratedRegex(@"^(\w+)(?:\{(.*)\})? ")]
    private static partial Regex Series();

    [GeneratedRegex("""(\w+)="(?:[^"\\]|\\.)*["]""")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\| `[a-z_.]+` \| `(\w+)` \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
