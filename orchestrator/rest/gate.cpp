#include "orchestrator/rest/gate.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/aws/digest.h"
#include "orchestrator/base/secret.h"
#include "orchestrator/http/router.h"
#include "orchestrator/rest/own_user.h"
#include "orchestrator/rest/problem.h"

namespace orch::rest {
namespace {

using Field = boost::beast::http::field;
using Verb = boost::beast::http::verb;
using http::Status;

constexpr std::chrono::hours session_time{12};
constexpr std::size_t most_sessions = 1'000;
constexpr int most_misses = 10;
constexpr std::chrono::minutes misses_time{1};
constexpr std::size_t most_addresses = 10'000;
constexpr std::string_view bearer = "Bearer ";

std::string new_secret() {
  const auto secret = SecretSource().next();
  return aws::hex({reinterpret_cast<const char*>(secret.data()), secret.size()});  // NOLINT
}

std::string field(const http::Request& request, std::string_view name) {
  const auto value = request[{name.data(), name.size()}];
  return {value.data(), value.size()};
}

std::optional<std::string> session_cookie(const http::Request& request) {
  return cookie_in(request, "orch_session");
}

aws::SignedRequest signed_request(const http::Request& request, bool encrypted) {
  aws::SignedRequest made;
  made.method = std::string(request.method_string());
  const auto target = http::path_of(request);
  const auto question = target.find('?');
  made.path = target.substr(0, question);
  if (question != std::string_view::npos) made.query = target.substr(question + 1);
  for (const auto& each : request) {
    std::string name(each.name_string());
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    made.headers.emplace_back(std::move(name), std::string(each.value()));
  }
  made.body = request.body();
  made.encrypted = encrypted;
  return made;
}

[[noreturn]] void refuse_unknown(const std::string& why) {
  throw Refused(Status::unauthorized, "ORCH-0046", why,
                "send Authorization: Bearer TOKEN; `orch token add` makes one");
}

Caller caller_of(const identity::Vouched& who, const std::string& from) {
  return {who.name, who.role, "oidc", from, "", who.scope, who.expires_at};
}

bool changes_something(const http::Request& request) {
  return request.method() != Verb::get && request.method() != Verb::head;
}

}  // namespace

std::optional<std::string> cookie_in(const http::Request& request, std::string_view name) {
  const auto all = field(request, "Cookie");
  for (std::size_t at = 0; at < all.size();) {
    const auto end = std::min(all.find(';', at), all.size());
    auto one = std::string_view(all).substr(at, end - at);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.starts_with(name) && one.substr(name.size()).starts_with('='))
      return std::string(one.substr(name.size() + 1));
    at = end + 1;
  }
  return std::nullopt;
}

Gate::Gate(const std::filesystem::path& store, Known known)
    : tokens_(identity::token_file(store)), known_(std::move(known)), own_secret_(new_secret()) {}

Caller Gate::find(const http::Request& request, const http::Reply& reply, Instant now) {
  auto caller = find_caller(request, reply, now);
  caller.from = reply.peer().address;
  return caller;
}

void Gate::require(const Caller& caller, const http::Request& request, Role needed) {
  if (needed == Role::none) return;
  if (caller.role == Role::none)
    refuse_unknown(
        "the caller is unknown: there is no token, and the connection is not of the "
        "user who owns the server");
  if (caller.role < needed)
    throw Refused(Status::forbidden, "ORCH-0047",
                  fmt::format("{} is {}: it takes {}", caller.name, to_string(caller.role),
                              to_string(needed)));
  if (!caller.secret.empty() && changes_something(request) &&
      !same_secret(field(request, "X-Orch-CSRF"), caller.secret))
    throw Refused(Status::forbidden, "ORCH-0047",
                  "the request changes something and has neither a token nor the secret of the "
                  "session in X-Orch-CSRF",
                  "GET /v1/session tells the secret");
}

Caller Gate::find_caller(const http::Request& request, const http::Reply& reply, Instant now) {
  if (auto caller = by_authorization(request, reply, now)) return *caller;
  if (auto caller = by_session(request, now)) return *caller;
  if (auto caller = by_certificate(reply.peer())) return *caller;
  if (auto caller = by_process(request, reply)) return *caller;
  return {"", Role::none, "none", "", ""};
}

std::optional<Caller> Gate::by_authorization(const http::Request& request, const http::Reply& reply,
                                             Instant now) {
  const auto text = field(request, "Authorization");
  if (text.empty()) return std::nullopt;
  const auto from = reply.peer().address;
  if (text.starts_with(bearer)) {
    return require_token(text.substr(bearer.size()), from, now);
  }
  const auto signature = aws::parse_authorization(text);
  if (!signature) refuse_unknown("the Authorization header is neither a token nor a signature");
  if (known_.keys.empty()) refuse_unknown("the server has no keys that requests are signed with");
  try {
    aws::verify(signed_request(request, reply.encrypted()), known_.keys, "states", now);
  } catch (const aws::SignatureRefused& error) {
    refuse_unknown(error.what());
  }
  return Caller{signature->key_id, Role::admin, "key", from, ""};
}

std::optional<Caller> Gate::by_session(const http::Request& request, Instant now) {
  const auto text = session_cookie(request);
  if (!text) return std::nullopt;
  std::string name, secret;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(aws::sha256(*text));
    if (found == sessions_.end() || found->second.ends_at <= now) return std::nullopt;
    name = found->second.token;
    secret = found->second.secret;
    if (name.empty()) return found->second.caller;
  }
  // A token that was removed or has expired ends its sessions.
  const auto tokens = tokens_.list();
  const auto token = std::ranges::find(tokens, name, &identity::Token::name);
  if (token == tokens.end() || (token->expires_at && *token->expires_at <= now))
    return std::nullopt;
  return Caller{token->name, token->role, "session", "", secret, token->scope};
}

std::optional<Caller> Gate::by_process(const http::Request& request,
                                       const http::Reply& reply) const {
  if (!asked_by_own_user(request, reply.peer())) return std::nullopt;
  return Caller{own_user_name(), Role::admin, "owner", "", own_secret_};
}

// What a browser does by itself changes nothing: a certificate is sent without being asked for, as
// a cookie is.
std::optional<Caller> Gate::by_certificate(const http::Peer& peer) const {
  if (peer.certificate.empty()) return std::nullopt;
  for (const auto& grant : known_.certificates) {
    const auto& names = peer.certificate_names;
    if (!grant.subject.empty() && grant.subject != peer.certificate) continue;
    if (!grant.name.empty() && std::ranges::find(names, grant.name) == names.end()) continue;
    return Caller{peer.certificate,
                  grant.role,
                  "certificate",
                  "",
                  aws::hex(aws::hmac_sha256(own_secret_, peer.certificate)),
                  grant.scope};
  }
  return std::nullopt;
}

Caller Gate::find_token(const std::string& text, const std::string& from, Instant now) {
  if (known_.provider && text.find('.') != std::string::npos) {
    return caller_of(known_.provider->verify(text, now), from);
  }
  if (const auto token = identity::find_token(tokens_.list(), text, now))
    return {token->name, token->role, "token", from, "", token->scope};
  throw identity::JwtRefused("there is no such token, or it has expired");
}

bool Gate::still_knows(const Caller& caller, Instant now) {
  if (caller.how == "session") {
    const std::scoped_lock lock(mutex_);
    if (std::ranges::none_of(sessions_, [&](const auto& each) {
          return each.second.secret == caller.secret && each.second.ends_at > now;
        }))
      return false;
  }
  if (caller.ends_at) return *caller.ends_at > now;
  if (caller.how != "token" && caller.how != "session") return true;
  const auto tokens = tokens_.list();
  const auto token = std::ranges::find(tokens, caller.name, &identity::Token::name);
  return token != tokens.end() && (!token->expires_at || *token->expires_at > now);
}

// A right token is taken however many wrong ones came from the same address: all users of a
// machine, or of a proxy, share one.
Caller Gate::require_token(const std::string& text, const std::string& from, Instant now) {
  std::string why;
  try {
    return find_token(text, from, now);
  } catch (const identity::JwtRefused& refused) {
    why = refused.what();
  }
  const std::scoped_lock lock(mutex_);
  if (misses_.size() >= most_addresses) misses_.clear();
  auto& misses = misses_[from];
  if (now - misses.since > misses_time) misses = {0, now};
  if (++misses.count > most_misses)
    throw Refused(Status::too_many_requests, "ORCH-0049",
                  fmt::format("{} wrong tokens came from {}", most_misses, from),
                  "ask again in a minute");
  refuse_unknown(why);
}

std::string Gate::open(const std::string& token, const std::string& from, Instant now) {
  return open_session(require_token(token, from, now), now);
}

std::string Gate::open_for(const identity::Vouched& who, const std::string& from, Instant now) {
  return open_session(caller_of(who, from), now);
}

std::string Gate::open_session(const Caller& caller, Instant now) {
  auto text = new_secret();
  const std::scoped_lock lock(mutex_);
  std::erase_if(sessions_, [&](const auto& each) { return each.second.ends_at <= now; });
  if (sessions_.size() >= most_sessions)
    throw Refused(Status::service_unavailable, "ORCH-0045", "too many sessions are open");
  Session session{caller.ends_at ? "" : caller.name, caller, new_secret(), now + session_time};
  if (caller.ends_at) session.ends_at = std::min(session.ends_at, *caller.ends_at);
  session.caller.how = "session";
  session.caller.secret = session.secret;
  sessions_[aws::sha256(text)] = std::move(session);
  return text;
}

void Gate::close(const http::Request& request) {
  const auto text = session_cookie(request);
  if (!text) return;
  const std::scoped_lock lock(mutex_);
  sessions_.erase(aws::sha256(*text));
}

}  // namespace orch::rest
