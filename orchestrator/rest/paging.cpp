#include "orchestrator/rest/paging.h"

#include <charconv>

#include <fmt/format.h>

namespace orch::rest {
namespace {

constexpr std::int64_t usual_limit = 50;
constexpr std::int64_t most_items = 1'000;

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

[[noreturn]] void refuse_cursor(std::string_view name, const std::string& value) {
  refuse_parameter(name, value, "what this resource has given out");
}

}  // namespace

std::int64_t limit_of(const Request& request) {
  const auto limit = request.query.integer("limit", usual_limit, most_items);
  if (limit == 0) refuse_parameter("limit", "0", fmt::format("a number from 1 to {}", most_items));
  return limit;
}

std::optional<std::pair<Instant, store::ExecutionId>> run_cursor(const Request& request) {
  const auto value = request.query.text("cursor");
  if (!value) return std::nullopt;
  const auto dash = value->find('-');
  const auto at = number_in(std::string_view(*value).substr(0, dash));
  const auto id = dash == std::string::npos ? std::optional<std::int64_t>()
                                            : number_in(std::string_view(*value).substr(dash + 1));
  if (!at || !id) refuse_cursor("cursor", *value);
  return std::pair(Instant(Millis(*at)), store::ExecutionId{*id});
}

std::string run_cursor(const store::ExecutionRow& row) {
  return fmt::format("{}-{}", row.made.started_at.time_since_epoch().count(),
                     static_cast<std::int64_t>(row.id));
}

std::int64_t number_cursor(std::string_view name, const std::string& value) {
  const auto number = number_in(value);
  if (!number || *number < 0) refuse_cursor(name, value);
  return *number;
}

}  // namespace orch::rest
