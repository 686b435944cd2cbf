// Sign-in of a browser at the identity provider: the authorization code flow with PKCE.
// Source: OpenID Connect Core 1.0 (3.1), RFC 6749, RFC 7636 (S256), RFC 9207 (iss), RFC 9700.
//
// What a sign-in must remember until the browser is back (state, nonce, verifier and the page that
// was asked for) is in a cookie of that browser, with a signature of this process: whoever begins
// sign-ins without end fills nothing here.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>

#include "orchestrator/identity/provider.h"

namespace orch::identity {

struct TokenAnswer {
  unsigned status = 0;
  std::string body;
};
/// Sends a form to the token endpoint, with the Authorization header unless it is empty. Throws
/// std::exception. Blocks for some seconds at most.
using PostForm = std::function<TokenAnswer(const std::string& url, const std::string& form,
                                           const std::string& authorization)>;

/// Why a sign-in has come to nothing, by what a person can do about it.
enum class SignInTrouble : std::uint8_t {
  expired,   ///< begun too long ago, in another browser or before a restart, or finished already
  denied,    ///< the provider, or the person there, has said no
  provider,  ///< it cannot be reached, or refuses this server
  refused,   ///< its ID token does not hold
  no_grant,  ///< it holds, and no grant is for its owner
  busy       ///< too many others are being signed in
};
/// "expired", "denied", …, "no-grant", "busy".
std::string_view to_string(SignInTrouble trouble);

/// The text is for the log; it has no secret.
class SignInFailed : public std::runtime_error {
 public:
  SignInFailed(SignInTrouble trouble, const std::string& why, std::string name = {})
      : std::runtime_error(why), trouble_(trouble), name_(std::move(name)) {}
  SignInTrouble trouble() const noexcept { return trouble_; }
  const std::string& name() const noexcept { return name_; }  ///< who it was; empty: not known

 private:
  SignInTrouble trouble_;
  std::string name_;
};

/// What the provider has put into the address that it sends the browser back to.
struct SignInReturn {
  std::string code, state, issuer, error;
};

/// `place` when it is the address of a page of the UI, "/ui/" otherwise: a sign-in leads nowhere
/// else.
std::string safe_place(const std::string& place);

/// Thread-safe.
class SignIn {
 public:
  SignIn(SignInRules rules, std::shared_ptr<Provider> provider, PostForm post);

  const SignInRules& rules() const { return rules_; }

  struct Begun {
    std::string location;  ///< of the provider
    std::string cookie;    ///< value, for ten minutes
  };
  /// Throws SignInFailed.
  Begun begin(const std::string& place, Instant now);

  struct Finished {
    Vouched who;
    std::string place;
  };
  /// Exchanges the code and checks the ID token. A sign-in is finished once. Throws SignInFailed.
  Finished finish(const SignInReturn& returned, std::string_view cookie, Instant now);

 private:
  struct Pending;

  std::string redirect_uri() const { return rules_.address + "/v1/session/callback"; }
  std::string seal(const Pending& pending) const;
  Pending unseal(std::string_view cookie, Instant now) const;
  /// Throws SignInFailed when it was finished before.
  void claim(const Pending& pending, Instant now);
  std::string exchange(const std::string& code, const Pending& pending);

  const SignInRules rules_;
  const std::shared_ptr<Provider> provider_;
  const PostForm post_;
  const std::string key_;  ///< of the cookies' signatures
  std::atomic<int> exchanging_ = 0;
  std::mutex mutex_;
  std::map<std::string, Instant> finished_;  ///< states, with their ends; guarded by mutex_
};

}  // namespace orch::identity
