#include "orchestrator/identity/jwt.h"

#include <algorithm>
#include <optional>

#include <boost/json/array.hpp>

#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::identity {
namespace {

namespace bj = boost::json;

constexpr std::size_t longest_token = 16 << 10;

bj::object part_of(std::string_view encoded) {
  const auto text = from_base64url(encoded);
  if (!text) throw JwtRefused("the token is not base64url");
  try {
    auto value = json::parse(*text);
    if (auto* object = value.if_object()) return std::move(*object);
  } catch (const json::SyntaxError&) {
    throw JwtRefused("a part of the token is no JSON");
  }
  throw JwtRefused("a part of the token is no JSON object");
}

// A key that names nothing serves for tokens that name none.
const PublicKey& key_for(const bj::object& header, const std::vector<PublicKey>& keys) {
  const auto algorithm = algorithm_from(json::text_member(header, "alg"));
  if (!algorithm) throw JwtRefused("the token is signed neither by RS256 nor by ES256");
  if (header.contains("crit")) throw JwtRefused("the token has extensions that must be understood");
  const auto id = json::text_member(header, "kid");
  const auto found = std::ranges::find_if(
      keys, [&](const PublicKey& each) { return each.algorithm == *algorithm && each.id == id; });
  if (found == keys.end())
    throw UnknownKey("the provider has no key that the token is signed with");
  return *found;
}

// Seconds since 1970; a fraction is left out.
std::optional<Instant> time_in(const bj::object& claims, std::string_view name) {
  constexpr double latest = 1e11;
  const auto* value = claims.if_contains(name);
  if (!value) return std::nullopt;
  if (!value->is_number()) throw JwtRefused("a time of the token is no number");
  const auto seconds = value->to_number<double>();
  if (!(seconds >= 0 && seconds < latest)) throw JwtRefused("a time of the token is out of range");
  return Instant{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
}

bool is_for(const bj::object& claims, const std::string& audience) {
  const auto* value = claims.if_contains("aud");
  if (!value) return false;
  if (value->is_string()) return value->get_string() == audience;
  return value->is_array() && std::ranges::any_of(value->get_array(), [&](const auto& each) {
           return each.is_string() && each.get_string() == audience;
         });
}

}  // namespace

Jwt verify_jwt(std::string_view token, const std::vector<PublicKey>& keys, const JwtRules& rules,
               Instant now) {
  if (token.size() > longest_token) throw JwtRefused("the token is too long");
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    throw JwtRefused("the token has not three parts");
  const auto& key = key_for(part_of(token.substr(0, first)), keys);
  const auto signature = from_base64url(token.substr(second + 1));
  if (!signature || !is_signed(key, token.substr(0, second), *signature))
    throw JwtRefused("the signature does not hold");
  Jwt jwt{part_of(token.substr(first + 1, second - first - 1)), {}};
  if (json::text_member(jwt.claims, "iss") != rules.issuer)
    throw JwtRefused("the token is of another issuer");
  if (!is_for(jwt.claims, rules.audience)) throw JwtRefused("the token is for another audience");
  const auto expires = time_in(jwt.claims, "exp");
  if (!expires) throw JwtRefused("the token does not say when it expires");
  if (*expires + rules.leeway <= now) throw JwtRefused("the token has expired");
  const auto begins = time_in(jwt.claims, "nbf");
  if (begins && *begins > now + rules.leeway) throw JwtRefused("the token is not good yet");
  jwt.expires_at = *expires;
  return jwt;
}

}  // namespace orch::identity
