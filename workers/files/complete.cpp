#include "workers/files/complete.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace orch::files {
namespace {

constexpr std::array<std::string_view, 7> draft_endings = {
    ".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~"};

std::string_view last_part(std::string_view name) {
  return name.substr(name.rfind('/') == std::string_view::npos ? 0 : name.rfind('/') + 1);
}

}  // namespace

bool is_draft(std::string_view name) {
  const auto file = last_part(name);
  return file.starts_with('.') || std::ranges::any_of(draft_endings, [&](std::string_view ending) {
           return file.ends_with(ending);
         });
}

std::string marker_of(std::string_view name, const CompleteRule& rule) {
  if (rule.marker.empty()) return {};
  if (rule.marker.starts_with('.')) return std::string(name) + rule.marker;
  return std::string(name.substr(0, name.size() - last_part(name).size())) + rule.marker;
}

std::string why_waiting(std::string_view name, Moment modified, Moment now,
                        const CompleteRule& rule,
                        const std::function<bool(const std::string& name)>& exists) {
  if (is_draft(name)) return "its name is that of a file which is still written";
  if (const auto marker = marker_of(name, rule); !marker.empty() && !exists(marker))
    return fmt::format("its marker {} is not there", marker);
  const auto age = std::chrono::floor<std::chrono::seconds>(now - modified);
  if (rule.quiet.count() > 0 && age < rule.quiet)
    return fmt::format("it was written {} seconds ago, and {} are waited for",
                       std::max<std::int64_t>(age.count(), 0), rule.quiet.count());
  return {};
}

}  // namespace orch::files
