#include "orchestrator/cli/when.h"

#include <charconv>
#include <ctime>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::cli {
namespace {

std::optional<Instant> instant_of(std::tm fields, bool utc) {
  fields.tm_isdst = -1;  // the zone's own rule says whether it was summer time
  const auto wanted = fields;
  const auto seconds = utc ? ::timegm(&fields) : std::mktime(&fields);
  // A day or an hour that does not exist comes back as another one.
  if (fields.tm_mday != wanted.tm_mday || fields.tm_mon != wanted.tm_mon) return std::nullopt;
  return Instant{std::chrono::seconds{seconds}};
}

std::tm fields_of(Instant at, bool utc) {
  const auto seconds = std::chrono::system_clock::to_time_t(at);
  std::tm fields{};
  utc ? ::gmtime_r(&seconds, &fields) : ::localtime_r(&seconds, &fields);
  return fields;
}

// "15m": that long before `now`.
std::optional<Instant> read_age(std::string_view text, Instant now) {
  if (text.empty()) return std::nullopt;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size() - 1, count);
  if (error != std::errc() || end != text.data() + text.size() - 1 || count < 0 ||
      count > 1'000'000)
    return std::nullopt;
  switch (text.back()) {
    case 's':
      return now - std::chrono::seconds{count};
    case 'm':
      return now - std::chrono::minutes{count};
    case 'h':
      return now - std::chrono::hours{count};
    case 'd':
      return now - std::chrono::days{count};
    default:
      return std::nullopt;
  }
}

// Midnight, so many days before `now`.
std::optional<Instant> day_before(Instant now, int days, bool utc) {
  auto fields = fields_of(now - std::chrono::days{days}, utc);
  fields.tm_hour = fields.tm_min = fields.tm_sec = 0;
  return instant_of(fields, utc);
}

std::optional<Instant> read_fields(const std::string& text, Instant now, bool utc) {
  constexpr const char* formats[] = {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
                                     "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"};
  const auto read = [&](const char* format, std::tm& fields) {
    const auto* end = ::strptime(text.c_str(), format, &fields);
    return end && *end == '\0';
  };
  for (const auto* format : formats) {
    std::tm fields{};
    if (read(format, fields)) return instant_of(fields, utc);
  }
  for (const auto* format : {"%H:%M", "%H:%M:%S"}) {
    auto fields = fields_of(now, utc);
    fields.tm_sec = 0;
    if (read(format, fields)) return instant_of(fields, utc);
  }
  return std::nullopt;
}

}  // namespace

Instant parse_when(const std::string& option, const std::string& text, Instant now, bool utc) {
  auto found = read_age(text, now);
  if (!found && text == "today") found = day_before(now, 0, utc);
  if (!found && text == "yesterday") found = day_before(now, 1, utc);
  if (!found) found = from_iso(text);
  if (!found) found = read_fields(text, now, utc);
  if (found) return *found;
  throw Error("ORCH-0001", fmt::format("{}: expected a time, found \"{}\"", option, text),
              "for example 2h, 7d, today, yesterday, 06:00, 2026-11-30, \"2026-11-30 06:00\" or "
              "2026-11-30T06:00:00Z");
}

}  // namespace orch::cli
