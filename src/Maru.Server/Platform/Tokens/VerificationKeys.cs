using Microsoft.IdentityModel.Tokens;

namespace Maru.Server.Platform.Tokens;

/// <summary>
/// The keys that verify access tokens: the one that signs, and those that signed before or will sign next. A token names one of them, and
/// no algorithm but that key's own is taken (RFC 8725 section 3.1). Immutable.
/// </summary>
internal sealed class VerificationKeys
{
    private readonly SecurityKey[] _keys;

    public VerificationKeys(SigningKey signing, params IEnumerable<SecurityKey> others)
    {
        _keys = [.. others.Prepend(signing.Verifies).DistinctBy(key => key.KeyId)];
        Algorithms = [.. _keys.Select(TokenKey.AlgorithmOf).Distinct()];
    }

    public IReadOnlyList<string> Algorithms { get; }

    /// <summary>The keys that may be published; secrets are not among them.</summary>
    public IEnumerable<JsonWebKey> Public => _keys.OfType<JsonWebKey>();

    /// <summary>Returns the keys that may have signed a token, by the <c>kid</c> of its header; without one, all.</summary>
    public IEnumerable<SecurityKey> Find(string? id) => string.IsNullOrEmpty(id) ? _keys : _keys.Where(key => key.KeyId == id);
}
