#include "orchestrator/identity/role.h"

#include <algorithm>
#include <array>
#include <utility>

namespace orch::identity {
namespace {

constexpr std::array names = {
    std::pair<std::string_view, Role>{"none", Role::none},
    std::pair<std::string_view, Role>{"viewer", Role::viewer},
    std::pair<std::string_view, Role>{"operator", Role::operator_},
    std::pair<std::string_view, Role>{"approver", Role::approver},
    std::pair<std::string_view, Role>{"editor", Role::editor},
    std::pair<std::string_view, Role>{"admin", Role::admin},
};

}  // namespace

std::string_view to_string(Role role) {
  const auto* found = std::ranges::find(names, role, [](const auto& each) { return each.second; });
  return found == names.end() ? "none" : found->first;
}

std::optional<Role> role_from(std::string_view word) {
  const auto* found = std::ranges::find(names, word, [](const auto& each) { return each.first; });
  if (found == names.end()) return std::nullopt;
  return found->second;
}

}  // namespace orch::identity
