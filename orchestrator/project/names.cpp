#include "orchestrator/project/names.h"

namespace orch::project {

std::string replace_names(std::string_view text, const Lookup& lookup) {
  std::string out;
  while (true) {
    const auto begin = text.find("${");
    const auto end = begin == text.npos ? begin : text.find('}', begin);
    if (end == text.npos) break;
    out += text.substr(0, begin);
    if (const auto value = lookup(text.substr(begin + 2, end - begin - 2)))
      out += *value;
    else
      out += text.substr(begin, end + 1 - begin);
    text.remove_prefix(end + 1);
  }
  return out.append(text);
}

}  // namespace orch::project
