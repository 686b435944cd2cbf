#include "workers/tools/task_input.h"

#include <fmt/format.h>

namespace orch::tools {
namespace {

constexpr std::chrono::seconds longest_timeout = std::chrono::hours(24);

std::string listed(const json::Problems& problems) {
  std::string text;
  for (const auto& problem : problems) {
    if (!text.empty()) text += "; ";
    text += problem.message;
    if (!problem.pointer.empty()) text += " at " + problem.pointer;
  }
  return text;
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Bytes of the UTF-8 character that starts `bytes`; 0 when none does (RFC 3629, section 4).
std::size_t character_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const auto first = at(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf5   ? 0
                             : first >= 0xf0 ? 4
                             : first >= 0xe0 ? 3
                             : first >= 0xc2 ? 2
                                             : 0;
  if (length == 0 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(bytes[i])) return 0;
  }
  const bool overlong = (first == 0xe0 && at(1) < 0xa0) || (first == 0xf0 && at(1) < 0x90);
  const bool surrogate = first == 0xed && at(1) >= 0xa0;
  const bool beyond = first == 0xf4 && at(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

void read_input(const workers::Task& task, const std::function<void(json::Fields&)>& read) {
  json::Problems problems;
  if (const auto* object = task.input.if_object()) {
    json::Fields fields(*object, "", problems);
    read(fields);
    fields.finish("the input of " + task.resource);
  } else {
    problems.push_back(
        {"", "the input must be an object, found " + json::describe_type(task.input)});
  }
  if (problems.empty()) return;
  throw workers::TaskFailed(
      "Input.Invalid", fmt::format("{} of state {}: {}", task.resource, task.state, listed(problems)),
      problems.front().hint, "ORCH-0601");
}

std::string delivery_id(const workers::Task& task) {
  return fmt::format("{}-{}-{}", task.run, task.ticket, task.attempt);
}

std::chrono::seconds timeout_of(json::Fields& fields, std::chrono::seconds otherwise) {
  const auto seconds = fields.integer("timeout_seconds", 1, longest_timeout.count());
  return seconds ? std::chrono::seconds(*seconds) : otherwise;
}

std::string clean_text(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const auto length = character_length(bytes);
    text += length > 0 ? bytes.substr(0, length) : std::string_view("\xef\xbf\xbd");
    bytes.remove_prefix(length > 0 ? length : 1);
  }
  return text;
}

}  // namespace orch::tools
