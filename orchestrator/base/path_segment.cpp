#include "orchestrator/base/path_segment.h"

#include <fmt/format.h>

namespace orch {

std::string path_segment(std::string_view name) {
  std::string segment;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool harmless = byte >= 0x20 && byte != 0x7f && c != '/' && c != '%';
    if (harmless && !(c == '.' && segment.empty()))
      segment += c;
    else
      segment += fmt::format("%{:02X}", byte);
  }
  return segment.empty() ? "%00" : segment;
}

}  // namespace orch
