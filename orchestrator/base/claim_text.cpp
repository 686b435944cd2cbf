#include "orchestrator/base/claim_text.h"

#include <fmt/format.h>

namespace orch {

std::string claim_text(std::span<const std::string> names) {
  constexpr std::size_t most = 3;
  std::string text = names.size() == 1 ? "table" : "tables";
  const auto shown = names.size() > most + 1 ? most : names.size();
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& name = names[i];
    text += fmt::format("{} {}", i == 0 ? "" : ",", name.substr(name.rfind(' ') + 1));
  }
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

}  // namespace orch
