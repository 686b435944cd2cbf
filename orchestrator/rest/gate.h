// Who asks, and whether they may.
//
// In this order: a token ("Authorization: Bearer …", of this server or of the identity provider), a
// key that signs (SigV4), the cookie of a session that a token has opened, a certificate, and,
// without any of them, the user who owns the process, over loopback. Requests that change something
// and come without an Authorization header must repeat the session's secret in a header: a page of
// another site knows it not.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/aws/sigv4.h"
#include "orchestrator/http/handler.h"
#include "orchestrator/identity/provider.h"
#include "orchestrator/identity/sign_in.h"
#include "orchestrator/identity/tokens.h"

namespace orch::rest {

using identity::Role;

struct Caller {
  std::string name;
  Role role = Role::none;
  std::string how;     ///< "token", "oidc", "certificate", "key", "session", "owner"; "none"
  std::string from;    ///< numeric address
  std::string secret;  ///< of the session: what changes something repeats it in X-Orch-CSRF
  identity::Scope scope = {};
  std::optional<Instant> ends_at = {};  ///< of what the identity provider has vouched for
};

/// What a token has opened, for a browser.
struct Session {
  std::string token;  ///< its name; empty: one of the identity provider's
  Caller caller;      ///< of such a one
  std::string secret;
  Instant ends_at;
};

/// Who may ask beside the holders of tokens.
struct Known {
  aws::Keys keys = {};                                        ///< that requests are signed with
  std::shared_ptr<identity::Provider> provider = nullptr;     ///< null: there is none
  std::shared_ptr<identity::SignIn> sign_in = nullptr;        ///< of browsers at it; likewise
  std::vector<identity::CertificateGrant> certificates = {};  ///< of clients
};

/// The cookie of this name among all that the browser sends.
std::optional<std::string> cookie_in(const http::Request& request, std::string_view name);

/// Set-Cookie of a session: scripts of the page cannot read it, and no other site makes a browser
/// send it.
std::string session_cookie_text(const std::string& value, bool encrypted);

/// Thread-safe.
class Gate {
 public:
  /// `store` is what the names of the store's files begin with.
  Gate(const std::filesystem::path& store, Known known);

  /// Who asks; of no role when nobody is known to. Throws Refused: 401 for a token or signature
  /// that does not hold, 429 after too many wrong tokens.
  Caller find(const http::Request& request, const http::Reply& reply, Instant now);
  /// Throws Refused: 401 when nobody is known to ask and `needed` is more than none, 403 when they
  /// may not.
  static void require(const Caller& caller, const http::Request& request, Role needed);

  const Known& known() const { return known_; }

  /// False when the token that has let the caller in was removed or has expired, or its session was
  /// closed.
  bool still_knows(const Caller& caller, Instant now);

  /// The cookie of a new session. Throws Refused, 401, for a token that there is not.
  std::string open(const std::string& token, const std::string& from, Instant now);
  /// Likewise for whom the identity provider has signed in.
  std::string open_for(const identity::Vouched& who, const std::string& from, Instant now);
  /// Null when browsers cannot sign in at a provider.
  identity::SignIn* sign_in() const { return known_.sign_in.get(); }
  void close(const http::Request& request);

 private:
  Caller find_caller(const http::Request& request, const http::Reply& reply, Instant now);
  std::optional<Caller> by_authorization(const http::Request& request, const http::Reply& reply,
                                         Instant now);
  std::optional<Caller> by_session(const http::Request& request, Instant now);
  std::optional<Caller> by_process(const http::Request& request, const http::Reply& reply) const;
  std::optional<Caller> by_certificate(const http::Peer& peer) const;
  /// Of a token of either kind. Throws Refused.
  Caller require_token(const std::string& text, const std::string& from, Instant now);
  Caller find_token(const std::string& text, const std::string& from, Instant now);
  std::string open_session(const Caller& caller, Instant now);

  /// Wrong tokens that came from an address.
  struct Misses {
    int count = 0;
    Instant since;
  };

  const identity::TokenFile tokens_;
  const Known known_;
  const std::string own_secret_;  ///< of the user who owns the process
  std::mutex mutex_;
  std::map<std::string, Session> sessions_;  ///< by the hash of their cookies; guarded by mutex_
  std::map<std::string, Misses> misses_;     ///< likewise
};

}  // namespace orch::rest
