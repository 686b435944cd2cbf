#include "orchestrator/identity/sign_in.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/aws/digest.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/secret.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::identity {
namespace {

namespace bj = boost::json;

constexpr std::chrono::minutes sign_in_time{10};
constexpr std::size_t longest_place = 2'000;
constexpr std::size_t most_finished = 10'000;
// The threads that answer requests are few, and a provider may be slow.
constexpr int most_exchanges = 2;

std::string new_word() {
  const auto secret = SecretSource().next();
  return to_base64url({reinterpret_cast<const char*>(secret.data()), secret.size()});  // NOLINT
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string form_of(const std::vector<std::pair<std::string_view, std::string>>& members) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : members)
    parts.push_back(fmt::format("{}={}", name, percent_encoded(value)));
  return fmt::format("{}", fmt::join(parts, "&"));
}

// An error word of RFC 6749 (5.2); whatever else a provider says stays out of the log.
std::string error_word(const std::string& body) {
  try {
    auto word = json::text_member(json::parse(body), "error");
    const bool plain =
        std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    if (plain && word.size() <= 40) return word;
  } catch (const std::exception&) {  // no JSON
  }
  return "";
}

std::string id_token_in(const TokenAnswer& answer) {
  constexpr unsigned ok = 200;
  if (answer.status != ok) {
    const auto word = error_word(answer.body);
    throw SignInFailed(word == "invalid_grant" ? SignInTrouble::expired : SignInTrouble::provider,
                       fmt::format("the token endpoint answers {} {}", answer.status, word));
  }
  std::string token;
  try {
    token = json::text_member(json::parse(answer.body), "id_token");
  } catch (const std::exception&) {  // no JSON: it has none either
  }
  if (token.empty())
    throw SignInFailed(SignInTrouble::provider, "the token endpoint gives no ID token");
  return token;
}

/// Counts one more for as long as it lives.
class Counted {
 public:
  explicit Counted(std::atomic<int>& count) : count_(count), before_(count++) {}
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  int before() const { return before_; }

 private:
  std::atomic<int>& count_;
  int before_;
};

}  // namespace

struct SignIn::Pending {
  std::string state, nonce, verifier, place;
  Instant ends_at;
};

std::string_view to_string(SignInTrouble trouble) {
  switch (trouble) {
    case SignInTrouble::expired:
      return "expired";
    case SignInTrouble::denied:
      return "denied";
    case SignInTrouble::refused:
      return "refused";
    case SignInTrouble::no_grant:
      return "no-grant";
    case SignInTrouble::busy:
      return "busy";
    case SignInTrouble::provider:
      break;
  }
  return "provider";
}

// Browsers read "\" as "/" and "%2e" as ".", and leave out tabs and line ends.
std::string safe_place(const std::string& place) {
  constexpr std::string_view root = "/ui/";
  const auto path = place.substr(0, place.find('?'));
  const bool plain = std::ranges::all_of(place, [](char c) { return c > ' ' && c < '\x7f'; });
  const bool stays = path.find("/.") == path.npos && path.find("//") == path.npos &&
                     path.find("%2e") == path.npos && path.find("%2E") == path.npos &&
                     place.find('\\') == place.npos;
  return place.starts_with(root) && place.size() <= longest_place && plain && stays
             ? place
             : std::string(root);
}

SignIn::SignIn(SignInRules rules, std::shared_ptr<Provider> provider, PostForm post)
    : rules_(std::move(rules)),
      provider_(std::move(provider)),
      post_(std::move(post)),
      key_(new_word()) {}

std::string SignIn::seal(const Pending& pending) const {
  const auto text = to_base64url(json::write(bj::object{{"state", pending.state},
                                                        {"nonce", pending.nonce},
                                                        {"verifier", pending.verifier},
                                                        {"place", pending.place},
                                                        {"ends", to_iso(pending.ends_at)}}));
  return text + "." + to_base64url(aws::hmac_sha256(key_, text));
}

SignIn::Pending SignIn::unseal(std::string_view cookie, Instant now) const {
  const auto dot = cookie.find('.');
  const auto text = cookie.substr(0, dot);
  if (dot == cookie.npos ||
      !same_secret(cookie.substr(dot + 1), to_base64url(aws::hmac_sha256(key_, text))))
    throw SignInFailed(SignInTrouble::expired, "this browser has begun no sign-in");
  const auto document = json::parse(from_base64url(text).value_or(""));
  const auto ends = from_iso(json::text_member(document, "ends"));
  if (!ends || *ends <= now)
    throw SignInFailed(SignInTrouble::expired, "the sign-in has taken more than ten minutes");
  return {json::text_member(document, "state"), json::text_member(document, "nonce"),
          json::text_member(document, "verifier"), json::text_member(document, "place"), *ends};
}

SignIn::Begun SignIn::begin(const std::string& place, Instant now) {
  const Pending pending{new_word(), new_word(), new_word(), safe_place(place), now + sign_in_time};
  std::string where;
  try {
    where = provider_->endpoints().authorization;
  } catch (const Error& error) {
    throw SignInFailed(SignInTrouble::provider, error.what());
  }
  const auto query = form_of({{"response_type", "code"},
                              {"client_id", rules_.client_id},
                              {"redirect_uri", redirect_uri()},
                              {"scope", fmt::format("{}", fmt::join(rules_.scopes, " "))},
                              {"state", pending.state},
                              {"nonce", pending.nonce},
                              {"code_challenge", to_base64url(aws::sha256(pending.verifier))},
                              {"code_challenge_method", "S256"}});
  return {where + (where.find('?') == where.npos ? "?" : "&") + query, seal(pending)};
}

void SignIn::claim(const Pending& pending, Instant now) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(finished_, [&](const auto& each) { return each.second <= now; });
  if (finished_.size() >= most_finished)
    throw SignInFailed(SignInTrouble::busy, "too many sign-ins were finished in ten minutes");
  if (!finished_.emplace(pending.state, pending.ends_at).second)
    throw SignInFailed(SignInTrouble::expired, "the sign-in was finished already");
}

std::string SignIn::exchange(const std::string& code, const Pending& pending) {
  const Counted counted(exchanging_);
  if (counted.before() >= most_exchanges)
    throw SignInFailed(SignInTrouble::busy, "other sign-ins wait for the provider");
  try {
    const auto endpoints = provider_->endpoints();
    std::vector<std::pair<std::string_view, std::string>> form{{"grant_type", "authorization_code"},
                                                               {"code", code},
                                                               {"redirect_uri", redirect_uri()},
                                                               {"code_verifier", pending.verifier}};
    const bool basic = !rules_.client_secret.empty() && !endpoints.secret_in_body;
    if (!basic) form.emplace_back("client_id", rules_.client_id);
    if (!basic && !rules_.client_secret.empty())
      form.emplace_back("client_secret", rules_.client_secret);
    const auto shown =
        percent_encoded(rules_.client_id) + ":" + percent_encoded(rules_.client_secret);
    return id_token_in(
        post_(endpoints.token, form_of(form), basic ? "Basic " + aws::base64(shown) : ""));
  } catch (const SignInFailed&) {
    throw;
  } catch (const std::exception& error) {
    throw SignInFailed(SignInTrouble::provider, error.what());
  }
}

SignIn::Finished SignIn::finish(const SignInReturn& returned, std::string_view cookie,
                                Instant now) {
  const auto pending = unseal(cookie, now);
  if (!same_secret(returned.state, pending.state))
    throw SignInFailed(SignInTrouble::expired, "the answer is to another sign-in");
  if (!returned.error.empty() || returned.code.empty())
    throw SignInFailed(SignInTrouble::denied, "the provider has signed nobody in");
  try {
    if (!returned.issuer.empty() && returned.issuer != provider_->rules().jwt.issuer)
      throw JwtRefused("the answer is of another issuer");
    const auto token = exchange(returned.code, pending);
    auto who = provider_->verify_id_token(token, rules_.client_id, pending.nonce, now);
    claim(pending, now);
    return {std::move(who), pending.place};
  } catch (const NoGrant& refused) {
    throw SignInFailed(SignInTrouble::no_grant, refused.what(), refused.name());
  } catch (const JwtRefused& refused) {
    throw SignInFailed(SignInTrouble::refused, refused.what());
  }
}

}  // namespace orch::identity
