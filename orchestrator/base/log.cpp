#include "orchestrator/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "orchestrator/base/utf8.h"

namespace orch::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made =
        std::make_shared<spdlog::logger>("orch", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    made->set_level(spdlog::level::warn);
    return made;
  }();
  return *instance;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

void set_level(Level level) { logger().set_level(to_spdlog(level)); }

std::string line_of(Pairs pairs, std::string_view message) {
  std::string line;
  for (const auto& [key, value] : pairs) {
    if (value.empty()) continue;
    const auto shown = one_line(value);
    line += key;
    line += '=';
    line += shown.find_first_of(" =\"\\") == shown.npos ? shown : in_quotes(shown);
    line += ' ';
  }
  return line + "msg=" + in_quotes(one_line(message));
}

void write(Level level, Pairs pairs, std::string_view message) {
  const auto level_there = to_spdlog(level);
  if (!logger().should_log(level_there)) return;
  const auto line = line_of(pairs, message);
  logger().log(level_there, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace orch::log
