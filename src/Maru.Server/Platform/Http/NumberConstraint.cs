using System.Globalization;
using Maru.Engine.Codecs;
using Microsoft.AspNetCore.Routing.Matching;

namespace Maru.Server.Platform.Http;

/// <summary>
/// The route constraint <c>number</c>: an id or seq in its one form (<see cref="Number"/>). Any other form matches no route and is not
/// found.
/// </summary>
internal sealed class NumberConstraint : IRouteConstraint, IParameterLiteralNodeMatchingPolicy
{
    public const string Name = "number";

    public bool Match(
        HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values.TryGetValue(routeKey, out var value)
        && Convert.ToString(value, CultureInfo.InvariantCulture) is { } text && Number.IsId(text);

    /// <summary>
    /// Tells the router that <c>direct</c> in <c>/api/rooms/direct</c> is no room's id, so that address has its own methods.
    /// </summary>
    public bool MatchesLiteral(string parameterName, string literal) => Number.IsId(literal);
}
