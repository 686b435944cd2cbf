#include "orchestrator/cli/render/block.h"

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"

namespace orch::cli::render {

std::string heading(const char* title, const Look& look) {
  return '\n' + toned(title, Tone::strong, look) + '\n';
}

std::string field(const char* name, const std::string& value, const Look& look, Tone tone) {
  constexpr std::size_t indent = 15;
  if (value.empty()) return {};
  const auto label = fmt::format("  {:<{}}", name, indent - 2);
  return toned(label, Tone::faint, look) +
         toned(wrapped(one_line(value), look.width, indent), tone, look) + '\n';
}

}  // namespace orch::cli::render
