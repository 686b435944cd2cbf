// What a request's address says: its path, taken apart, and the values behind the "?".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/base/time.h"
#include "orchestrator/rest/route.h"

namespace orch::rest {

/// Values by name. What is wrong with one is a Refused, 400.
class Query {
 public:
  Query() = default;
  enum class Others : std::uint8_t { refused, passed_over };

  /// `text` is what follows the "?". A name that is not in `known` is refused unless `others` says
  /// otherwise, and one that comes twice always.
  Query(std::string_view text, const std::vector<Parameter>& known,
        Others others = Others::refused);

  /// Unset when it is missing or empty.
  std::optional<std::string> text(std::string_view name) const;
  std::vector<std::string> words(std::string_view name) const;
  std::optional<Instant> time(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::int64_t integer(std::string_view name, std::int64_t otherwise, std::int64_t most) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

/// What is wrong with the value of a parameter.
[[noreturn]] void refuse_parameter(std::string_view name, std::string_view value,
                                   const std::string& expected);

/// The parts of a path between its slashes, with "%20" and the like undone; unset when they are not
/// UTF-8, or hold a control character.
std::optional<std::vector<std::string>> path_parts(std::string_view path);

/// Values by the names in the route's path; unset when the route is for other paths.
using PathValues = std::map<std::string, std::string, std::less<>>;
std::optional<PathValues> match(std::string_view route_path, const std::vector<std::string>& parts);

}  // namespace orch::rest
