using System.Globalization;
using Microsoft.AspNetCore.Routing.Matching;

namespace Maru.Server.Platform.Http;

/// <summary>
/// The route constraint <c>number</c>: ids and seqs have one form, decimal without a sign or a leading zero, from 1 to 2^63-1.
/// Another form is no route, so it is not found: one thing has one address.
/// </summary>
internal sealed class NumberConstraint : IRouteConstraint, IParameterLiteralNodeMatchingPolicy
{
    public const string Name = "number";

    public bool Match(
        HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values.TryGetValue(routeKey, out var value) && Convert.ToString(value, CultureInfo.InvariantCulture) is { } text && IsNumber(text);

    /// <summary>Lets routes know that <c>direct</c> in <c>/api/rooms/direct</c> can be no room's id: its methods are its own.</summary>
    public bool MatchesLiteral(string parameterName, string literal) => IsNumber(literal);

    private static bool IsNumber(string text) =>
        text is [>= '1' and <= '9', ..] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
