// Signed tokens of an identity provider (RFC 7519, RFC 8725).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/base/time.h"
#include "orchestrator/identity/jwk.h"

namespace orch::identity {

/// A token that does not hold; the text says why, and has nothing of the token.
class JwtRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
/// None of the keys is the one that it names: the provider may have a new one.
class UnknownKey : public JwtRefused {
 public:
  using JwtRefused::JwtRefused;
};

/// It holds, but what it says gives its owner nothing here.
class NoGrant : public JwtRefused {
 public:
  NoGrant(const std::string& why, std::string name) : JwtRefused(why), name_(std::move(name)) {}
  const std::string& name() const noexcept { return name_; }  ///< of its owner

 private:
  std::string name_;
};

struct JwtRules {
  std::string issuer;
  std::string audience;
  Millis leeway{60'000};  ///< between the clocks
};

struct Jwt {
  boost::json::object claims;
  Instant expires_at;
};

/// What the token says, when one of the keys has signed it, it is of the issuer, for the audience
/// and neither over nor yet to begin. Throws JwtRefused.
Jwt verify_jwt(std::string_view token, const std::vector<PublicKey>& keys, const JwtRules& rules,
               Instant now);

}  // namespace orch::identity
