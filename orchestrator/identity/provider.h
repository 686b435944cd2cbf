// The identity provider of a server: its keys, which a thread fetches, and who its tokens are.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "orchestrator/identity/identity_file.h"

namespace orch::identity {

/// The body of the answer to GET; throws std::exception. Blocks for some seconds at most.
using Fetch = std::function<std::string(const std::string& url)>;

/// Whom a token is of.
struct Vouched {
  std::string name;
  Role role = Role::none;
  Scope scope;
  Instant expires_at;
};

/// Where the provider signs people in, as its discovery document says.
struct Endpoints {
  std::string authorization;    ///< browsers are sent to
  std::string token;            ///< codes are exchanged at
  bool secret_in_body = false;  ///< the client shows its secret in the form, not by HTTP Basic
};

/// Thread-safe.
class Provider {
 public:
  struct Pace {
    std::chrono::steady_clock::duration regularly = std::chrono::hours(1);
    /// From one fetch to the next, however many tokens name keys that are not known.
    std::chrono::steady_clock::duration least = std::chrono::seconds(10);
    std::chrono::steady_clock::duration patience = std::chrono::seconds(3);  ///< of a request
  };

  /// Begins to fetch the keys, on a thread of its own.
  Provider(OidcRules rules, Fetch fetch, Pace pace);
  Provider(OidcRules rules, Fetch fetch) : Provider(std::move(rules), std::move(fetch), Pace()) {}
  /// Waits for a fetch under way.
  ~Provider();
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

  const OidcRules& rules() const { return rules_; }
  /// Throws JwtRefused. A token of a key that is not known waits for a fetch, if one may be made.
  Vouched verify(std::string_view token, Instant now);
  /// Likewise an ID token, which is for the client and of the sign-in that has sent `nonce`.
  Vouched verify_id_token(std::string_view token, const std::string& client_id,
                          std::string_view nonce, Instant now);
  /// Waits for a fetch, if need be and if one may be made. Throws Error ORCH-0051 when the provider
  /// has not told them.
  Endpoints endpoints();

 private:
  struct Answers {
    std::vector<PublicKey> keys;
    Endpoints endpoints;  ///< empty texts when its discovery document was not asked for
  };
  struct Known {
    Answers answers;
    std::int64_t fetches = 0;
  };

  void run();
  Known known();
  Jwt verify_by(std::string_view token, const JwtRules& rules, Instant now);
  Vouched judge(const Jwt& jwt) const;
  Answers fetch_answers() const;
  /// True when the keys were fetched anew since `seen`.
  bool await_keys(std::int64_t seen);

  const OidcRules rules_;
  const Fetch fetch_;
  const Pace pace_;
  std::mutex mutex_;  ///< guards the rest
  std::condition_variable changed_;
  Answers answers_;
  std::int64_t fetches_ = 0;  ///< that have ended, whichever way
  bool wanted_ = true;        ///< a fetch is to be made, or under way
  bool stopping_ = false;
  std::chrono::steady_clock::time_point fetched_at_;  ///< the last one
  std::thread thread_;
};

}  // namespace orch::identity
