// What somebody may do.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace orch::identity {

/// Each may do what those before it may.
// NOLINTNEXTLINE(readability-identifier-naming): operator is a keyword
enum class Role : std::uint8_t { none, viewer, operator_, approver, editor, admin };

/// "none", "viewer", "operator", "approver", "editor", "admin".
std::string_view to_string(Role role);
std::optional<Role> role_from(std::string_view word);

}  // namespace orch::identity
