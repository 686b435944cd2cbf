// The public keys of an identity provider. Source: RFC 7517, RFC 7518.
#pragma once

#include <cstdint>
#include <memory>
#include <openssl/types.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orch::identity {

enum class Algorithm : std::uint8_t { rs256, es256 };

/// What a token says that it is signed with; unset for all others, "none" and those with a shared
/// secret among them.
std::optional<Algorithm> algorithm_from(std::string_view name);

struct PublicKey {
  std::string id;  ///< "kid"; may be empty
  Algorithm algorithm = Algorithm::rs256;
  std::shared_ptr<EVP_PKEY> key;
};

/// The keys of a JWKS document that tokens may be signed with: RSA of 2048 bits and more, and
/// P-256. Others are left out. Throws Error ORCH-0051 when the text is no such document.
std::vector<PublicKey> parse_keys(const std::string& text);

/// True when `signature` is of `text`; one of ES256 has 64 bytes, r and s.
bool is_signed(const PublicKey& key, std::string_view text, std::string_view signature);

/// Base64 for URLs, without padding (RFC 4648, 5); unset for any other text.
std::optional<std::string> from_base64url(std::string_view text);
std::string to_base64url(std::string_view bytes);

}  // namespace orch::identity
