// What a plain scalar is by the core schema of YAML 1.2 (10.3.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orch::yaml {

/// JSON text of null, a truth value or a number; nothing for a scalar that is a text. Throws
/// std::domain_error, with the reason, for numbers that JSON does not have.
std::optional<std::string> resolve_plain(std::string_view scalar);

}  // namespace orch::yaml
