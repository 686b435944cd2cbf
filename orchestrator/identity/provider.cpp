#include "orchestrator/identity/provider.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/secret.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::identity {

using Clock = std::chrono::steady_clock;

namespace {

namespace bj = boost::json;

// A provider behind TLS has nothing without it.
std::string secure_member(const bj::value& document, std::string_view name,
                          const std::string& issuer) {
  auto url = json::text_member(document, name);
  if (url.starts_with("http://") && !issuer.starts_with("http://"))
    throw Error("ORCH-0051", fmt::format("the discovery document names a {} without TLS", name));
  return url;
}

// Without the list of methods, a client's secret goes by HTTP Basic (OpenID Connect Discovery, 3).
Endpoints endpoints_in(const bj::value& document, const std::string& issuer) {
  Endpoints found{secure_member(document, "authorization_endpoint", issuer),
                  secure_member(document, "token_endpoint", issuer)};
  const auto* methods = document.as_object().if_contains("token_endpoint_auth_methods_supported");
  if (!methods || !methods->is_array()) return found;
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(methods->get_array(), [&](const bj::value& each) {
      return each.is_string() && each.get_string() == name;
    });
  };
  found.secret_in_body = has("client_secret_post") && !has("client_secret_basic");
  return found;
}

}  // namespace

Provider::Provider(OidcRules rules, Fetch fetch, Pace pace)
    : rules_(std::move(rules)), fetch_(std::move(fetch)), pace_(pace), thread_([this] { run(); }) {}

Provider::~Provider() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Provider::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    std::optional<Answers> found;
    try {
      found = fetch_answers();
    } catch (const std::exception& error) {
      log::error("the keys of {} cannot be fetched: {}", rules_.jwt.issuer, error.what());
    }
    lock.lock();
    if (found) answers_ = std::move(*found);  // else the ones before stay
    ++fetches_;
    wanted_ = false;
    fetched_at_ = Clock::now();
    changed_.notify_all();
    changed_.wait_for(lock, pace_.regularly, [this] { return stopping_ || wanted_; });
  }
}

Provider::Answers Provider::fetch_answers() const {
  Answers answers;
  auto url = rules_.keys_url;
  if (url.empty() || rules_.sign_in) {
    const auto& issuer = rules_.jwt.issuer;
    const auto document = json::parse(
        fetch_(issuer + (issuer.ends_with('/') ? "" : "/") + ".well-known/openid-configuration"));
    if (json::text_member(document, "issuer") != issuer)
      throw Error("ORCH-0051", "the discovery document is of another issuer");
    if (url.empty()) url = secure_member(document, "jwks_uri", issuer);
    if (rules_.sign_in) answers.endpoints = endpoints_in(document, issuer);
  }
  answers.keys = parse_keys(fetch_(url));
  return answers;
}

bool Provider::await_keys(std::int64_t seen) {
  std::unique_lock lock(mutex_);
  if (fetches_ != seen) return true;
  if (!wanted_) {
    if (Clock::now() - fetched_at_ < pace_.least) return false;
    wanted_ = true;
    changed_.notify_all();
  }
  return changed_.wait_for(lock, pace_.patience, [&] { return stopping_ || fetches_ != seen; }) &&
         !stopping_;
}

Vouched Provider::judge(const Jwt& jwt) const {
  const auto name = json::text_member(jwt.claims, rules_.name);
  if (name.empty()) throw JwtRefused(fmt::format("the token has no text \"{}\"", rules_.name));
  const auto* grant = grant_of(rules_, jwt.claims);
  if (!grant) throw NoGrant("none of the grants of \"oidc\" is for what the token says", name);
  return {name, grant->role, grant->scope, jwt.expires_at + rules_.jwt.leeway};
}

Provider::Known Provider::known() {
  const std::scoped_lock lock(mutex_);
  return {answers_, fetches_};
}

Jwt Provider::verify_by(std::string_view token, const JwtRules& rules, Instant now) {
  const auto before = known();
  try {
    return verify_jwt(token, before.answers.keys, rules, now);
  } catch (const UnknownKey&) {
    if (!await_keys(before.fetches)) throw;
  }
  return verify_jwt(token, known().answers.keys, rules, now);
}

Vouched Provider::verify(std::string_view token, Instant now) {
  return judge(verify_by(token, rules_.jwt, now));
}

Vouched Provider::verify_id_token(std::string_view token, const std::string& client_id,
                                  std::string_view nonce, Instant now) {
  auto rules = rules_.jwt;
  rules.audience = client_id;
  const auto jwt = verify_by(token, rules, now);
  if (!same_secret(json::text_member(jwt.claims, "nonce"), nonce))
    throw JwtRefused("the ID token is of another sign-in");
  if (jwt.claims.contains("azp") && json::text_member(jwt.claims, "azp") != client_id)
    throw JwtRefused("the ID token was made for another client");
  return judge(jwt);
}

Endpoints Provider::endpoints() {
  auto now_known = known();
  if (now_known.answers.endpoints.token.empty() && await_keys(now_known.fetches))
    now_known = known();
  auto& found = now_known.answers.endpoints;
  if (found.authorization.empty() || found.token.empty())
    throw Error("ORCH-0051",
                fmt::format("{} has not told where it signs people in", rules_.jwt.issuer));
  return std::move(found);
}

}  // namespace orch::identity
