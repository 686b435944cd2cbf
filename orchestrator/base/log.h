// One line per decision on stderr: `level key=value … msg="…"`. Callers see fmt only.
#pragma once

#include <string_view>

#include <fmt/format.h>

namespace orch::log {

enum class Level { debug, info, warn, error, off };

/// Sets the lowest level written. Until it is called, `warn`. Thread-safe.
void set_level(Level level);

/// Writes one line, whatever `line` holds: see one_line() in utf8.h. Thread-safe.
void write(Level level, std::string_view line);

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::debug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::warn, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::error, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace orch::log
