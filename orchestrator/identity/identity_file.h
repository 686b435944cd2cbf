// Who else may use a server beside the holders of its tokens and keys: whom an identity provider
// vouches for, and who shows a certificate.
//
//   {"oidc": {"issuer": "https://login.example.com", "audience": "orch", "name": "email",
//             "grants": [{"claim": "groups", "value": "orch-*", "role": "operator",
//                         "pipelines": ["markets-*"]}],
//             "sign_in": {"client_id": "orch-ui", "client_secret": {"env": "ORCH_CLIENT_SECRET"},
//                         "address": "https://orch.example.com", "label": "Bank ID"}},
//    "certificates": [{"subject": "CN=loader,O=Bank", "role": "operator"},
//                     {"name": "DNS:loader.example.com", "role": "viewer"}]}
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/identity/jwt.h"
#include "orchestrator/identity/role.h"
#include "orchestrator/identity/scope.h"

namespace orch::identity {

/// Who is told by what a signed token says. The first that matches counts.
struct ClaimGrant {
  std::string claim;  ///< member of the claims, or a path to one: "realm_access.roles"
  std::string value;  ///< pattern for it, or for one of its array
  Role role = Role::none;
  Scope scope;
};

/// Sign-in of browsers at the provider.
struct SignInRules {
  std::string client_id;
  std::string client_secret;  ///< empty: a public client, which PKCE alone protects
  std::string address;        ///< "https://orch.example.com": where browsers reach this server
  std::vector<std::string> scopes{"openid", "profile", "email"};
  std::string label;  ///< of the button: "Sign in with LABEL"
};

struct OidcRules {
  JwtRules jwt;
  std::string keys_url;      ///< empty: as the provider's discovery document says
  std::string name = "sub";  ///< the claim that names who asks
  std::vector<ClaimGrant> grants;
  std::optional<SignInRules> sign_in;
};

/// Likewise by a certificate; both must be the same text, where they are given.
struct CertificateGrant {
  std::string subject;  ///< as OpenSSL writes it by RFC 2253: "CN=loader,O=Bank"
  std::string name;     ///< one of its alternative names: "DNS:…", "email:…", "URI:…"
  Role role = Role::none;
  Scope scope;
};

struct Identities {
  std::optional<OidcRules> oidc;
  std::vector<CertificateGrant> certificates;
};

/// Throws InvalidDocument ORCH-0051 with all that is wrong; `file` names it. Reads the client's
/// secret from the environment or its file, which may be relative to the folder of `file`.
Identities parse_identities(const std::string& text, const std::string& file);

/// What a token with these claims may; null: nothing.
const ClaimGrant* grant_of(const OidcRules& rules, const boost::json::object& claims);

}  // namespace orch::identity
