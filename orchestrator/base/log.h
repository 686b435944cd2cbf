// One line per decision or event, on stderr or in a file: time, level, `key=value …`, msg="…", or
// the same as a JSON object. Callers see fmt only.
#pragma once

#include <concepts>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace orch::log {

enum class Level { debug, info, warn, error, off };
enum class Format { text, json };

/// One `key=value` of a line. The key is a word of ours; the value may be anything.
struct Pair {
  Pair(std::string_view the_key, std::string_view the_value) : key(the_key), value(the_value) {}
  Pair(std::string_view the_key, std::integral auto number)
      : key(the_key), value(fmt::format("{}", number)), is_number(true) {}

  std::string_view key;
  std::string value;
  bool is_number = false;
};
using Pairs = std::initializer_list<Pair>;

/// Sets the lowest level written. Until it is called, `warn`. Thread-safe.
void set_level(Level level);
/// Until it is called, text. Not while other threads log.
void set_format(Format format);
/// Appends to `file` from now on instead of writing to stderr. Not while other threads log. Throws
/// Error ORCH-0002.
void set_file(const std::filesystem::path& file);
/// Opens the file of set_file() anew: the one before was renamed or removed. When that fails, the
/// one before is written on, and a line there says why. Thread-safe.
void reopen_file();

/// `pairs` and msg="`message`" as logfmt has them, on one line: a value that holds a space, "=", a
/// quote or a backslash is quoted, with \" and \\ inside, so that a value makes no pair and no line
/// of its own. Pairs without a value are left out.
std::string line_of(Pairs pairs, std::string_view message);

/// Likewise as members of a JSON object, without the braces: "msg" first, numbers as numbers.
std::string json_of(Pairs pairs, std::string_view message);

/// Writes line_of() or json_of() its arguments, with time and level. Thread-safe.
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
