// Signature Version 4 of AWS requests. Source: "AWS Signature Version 4 for API requests".
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orchestrator/base/time.h"

namespace orch::aws {

/// What a signature covers.
struct SignedRequest {
  std::string method;
  std::string path = "/";  ///< as on the request line, without query
  std::string query;       ///< likewise, without '?'
  /// Names in lower case, in the order of the request; values as they stand.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body;
  bool encrypted = false;  ///< it came over TLS: only then may its body be unsigned
};

/// Secret keys by key id.
using Keys = std::map<std::string, std::string, std::less<>>;

/// The Authorization header, taken apart; what is missing in it is empty.
struct Authorization {
  std::string credential;  ///< as it stands; the next five are its parts
  std::string key_id;
  std::string date;  ///< "20260131"
  std::string region;
  std::string service;
  std::string terminator;  ///< "aws4_request"
  std::vector<std::string> signed_headers;
  std::string signature;  ///< hexadecimal
  std::string stray;      ///< the first part that is no key=value pair
};

/// Empty when the text is no AWS4-HMAC-SHA256 authorization.
std::optional<Authorization> parse_authorization(std::string_view text);

/// The signature of a request with this secret; `amz_date` is "20260131T120000Z".
std::string sign(const SignedRequest& request, const Authorization& authorization,
                 std::string_view amz_date, std::string_view secret);

/// A signature that does not hold. `type` is the error's name on the wire.
class SignatureRefused : public std::runtime_error {
 public:
  SignatureRefused(std::string type, const std::string& message)
      : std::runtime_error(message), type_(std::move(type)) {}
  const std::string& type() const noexcept { return type_; }

 private:
  std::string type_;
};

/// Throws SignatureRefused unless the request is signed for `service` with one of `keys`, within
/// five minutes of `now`. A session token is a header like others: covered when it is signed.
void verify(const SignedRequest& request, const Keys& keys, std::string_view service, Instant now);

/// All of verify() but the signature itself, which covers the body: a request that is refused here
/// is refused whatever its body is.
void verify_header(const SignedRequest& request, const Keys& keys, std::string_view service,
                   Instant now);

}  // namespace orch::aws
