#include "orchestrator/identity/provider.h"

#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/log.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::identity {

using Clock = std::chrono::steady_clock;

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
    std::optional<std::vector<PublicKey>> found;
    try {
      found = fetch_keys();
    } catch (const std::exception& error) {
      log::error("the keys of {} cannot be fetched: {}", rules_.jwt.issuer, error.what());
    }
    lock.lock();
    if (found) keys_ = std::move(*found);  // else the ones before stay
    ++fetches_;
    wanted_ = false;
    fetched_at_ = Clock::now();
    changed_.notify_all();
    changed_.wait_for(lock, pace_.regularly, [this] { return stopping_ || wanted_; });
  }
}

std::vector<PublicKey> Provider::fetch_keys() const {
  auto url = rules_.keys_url;
  if (url.empty()) {
    const auto issuer = rules_.jwt.issuer;
    const auto document = json::parse(
        fetch_(issuer + (issuer.ends_with('/') ? "" : "/") + ".well-known/openid-configuration"));
    if (json::text_member(document, "issuer") != issuer)
      throw Error("ORCH-0051", "the discovery document is of another issuer");
    url = json::text_member(document, "jwks_uri");
    if (url.starts_with("http://") && !issuer.starts_with("http://"))
      throw Error("ORCH-0051", "the discovery document names a key set without TLS");
  }
  return parse_keys(fetch_(url));
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
  if (!grant) throw JwtRefused("none of the grants of \"oidc\" is for what the token says");
  return {name, grant->role, grant->scope, jwt.expires_at + rules_.jwt.leeway};
}

Provider::Known Provider::known() {
  const std::scoped_lock lock(mutex_);
  return {keys_, fetches_};
}

Vouched Provider::verify(std::string_view token, Instant now) {
  auto [keys, fetches] = known();
  try {
    return judge(verify_jwt(token, keys, rules_.jwt, now));
  } catch (const UnknownKey&) {
    if (!await_keys(fetches)) throw;
  }
  return judge(verify_jwt(token, known().keys, rules_.jwt, now));
}

}  // namespace orch::identity
