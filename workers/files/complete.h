// When a file that others write is complete. Pure.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace orch::files {

/// What tells that a file is complete; what is not asked for is not looked at.
struct CompleteRule {
  std::chrono::seconds quiet{0};  ///< not written for so long
  /// Beside the file: after its name when this begins with a point (".done"), else under this name
  /// in its folder ("_SUCCESS"). Empty: nothing.
  std::string marker;
};

using Moment = std::chrono::sys_time<std::chrono::nanoseconds>;

/// True for names that programs give to what they are still writing and rename when it is whole:
/// "a.csv.tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "a.csv~", and names that
/// begin with a point.
bool is_draft(std::string_view name);

/// The name of the file's marker; empty when the rule has none.
std::string marker_of(std::string_view name, const CompleteRule& rule);

/// Why the file `name`, written last at `modified`, is not to be read at `now`; empty when it is
/// complete. `exists` answers for names beside it.
std::string why_waiting(std::string_view name, Moment modified, Moment now,
                        const CompleteRule& rule,
                        const std::function<bool(const std::string& name)>& exists);

}  // namespace orch::files
