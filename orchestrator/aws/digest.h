// Digests as the signatures of AWS use them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orch::aws {

/// 32 bytes.
std::string sha256(std::string_view data);
/// 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view data);

/// Lower-case hexadecimal digits.
std::string hex(std::string_view bytes);
/// With "=" at its end.
std::string base64(std::string_view bytes);
/// Empty when `text` is no base64.
std::optional<std::string> unbase64(std::string_view text);
/// Empty when `digits` are none, or an odd number.
std::optional<std::string> unhex(std::string_view digits);

}  // namespace orch::aws
