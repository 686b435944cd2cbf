// One line per decision on stderr: time, level, `key=value …`, msg="…". Callers see fmt only.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace orch::log {

enum class Level { debug, info, warn, error, off };

/// One `key=value` of a line. The key is a word of ours; the value may be anything.
struct Pair {
  Pair(std::string_view the_key, std::string_view the_value) : key(the_key), value(the_value) {}
  Pair(std::string_view the_key, std::integral auto number)
      : key(the_key), value(fmt::format("{}", number)) {}

  std::string_view key;
  std::string value;
};
using Pairs = std::initializer_list<Pair>;

/// Sets the lowest level written. Until it is called, `warn`. Thread-safe.
void set_level(Level level);

/// `pairs` and msg="`message`" as logfmt has them, on one line: a value that holds a space, "=", a
/// quote or a backslash is quoted, with \" and \\ inside, so that a value makes no pair and no line
/// of its own. Pairs without a value are left out.
std::string line_of(Pairs pairs, std::string_view message);

/// Writes line_of() its arguments. Thread-safe.
void write(Level level, Pairs pairs, std::string_view message);

template <class... Args>
void debug(fmt::format_string<Args...> message, Args&&... args) {
  write(Level::debug, {}, fmt::format(message, std::forward<Args>(args)...));
}
template <class... Args>
void info(Pairs pairs, fmt::format_string<Args...> message, Args&&... args) {
  write(Level::info, pairs, fmt::format(message, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> message, Args&&... args) {
  write(Level::warn, {}, fmt::format(message, std::forward<Args>(args)...));
}
template <class... Args>
void warn(Pairs pairs, fmt::format_string<Args...> message, Args&&... args) {
  write(Level::warn, pairs, fmt::format(message, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> message, Args&&... args) {
  write(Level::error, {}, fmt::format(message, std::forward<Args>(args)...));
}
template <class... Args>
void error(Pairs pairs, fmt::format_string<Args...> message, Args&&... args) {
  write(Level::error, pairs, fmt::format(message, std::forward<Args>(args)...));
}

}  // namespace orch::log
