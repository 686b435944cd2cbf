#include "workers/connectors/rules.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::connectors {
namespace {

constexpr std::int64_t most_at_once = 10'000;

/// What `read` makes of the text of a member; what it throws becomes a problem.
template <class Read>
auto read_text(json::Fields& fields, const char* member, const Read& read)
    -> std::optional<decltype(read(std::string()))> {
  const auto text = fields.string(member);
  if (!text) return std::nullopt;
  try {
    return read(*text);
  } catch (const Error& error) {
    fields.problem(member, error.what(), error.hint());
    return std::nullopt;
  }
}

std::optional<workers::Rate> parse_rate(json::Fields& fields) {
  const auto text = fields.string("rate");
  if (!text) return std::nullopt;
  const auto slash = text->find('/');
  const auto per = slash == text->npos ? std::string() : text->substr(slash + 1);
  workers::Rate rate;
  const auto* end = text->data() + std::min(slash, text->size());
  const auto [stop, failed] = std::from_chars(text->data(), end, rate.count);
  const bool known = per == "s" || per == "m" || per == "h";
  if (!known || failed != std::errc{} || stop != end || rate.count < 1 ||
      rate.count > most_at_once) {
    fields.problem("rate",
                   fmt::format("a rate is 1 to {} starts a second, minute or hour, found \"{}\"",
                               most_at_once, *text),
                   "for example \"10/s\", \"600/m\" or \"1000/h\"");
    return std::nullopt;
  }
  if (per == "m") rate.per = std::chrono::minutes(1);
  if (per == "h") rate.per = std::chrono::hours(1);
  return rate;
}

void parse_limits(const boost::json::object& object, json::Fields& entry, Rules& rules) {
  json::Fields fields(object, entry.at("limits"), entry.problems());
  rules.at_once = fields.integer("at_once", 1, most_at_once);
  rules.rate = parse_rate(fields);
  fields.finish("the limits of a connection");
}

void parse_window(const boost::json::value& value, const std::string& pointer,
                  json::Problems& problems, Rules& rules) {
  const auto* object = value.if_object();
  if (!object) {
    problems.push_back(
        {pointer, "a maintenance window must be an object, found " + json::describe_type(value)});
    return;
  }
  json::Fields fields(*object, pointer, problems);
  for (const auto* member : {"schedule", "duration"})
    if (!fields.has(member)) fields.problem("", fmt::format("the member {} is required", member));
  const auto rhythm =
      read_text(fields, "schedule", [](const auto& text) { return schedule::parse_rhythm(text); });
  const auto zone =
      read_text(fields, "zone", [](const auto& text) { return schedule::Zone(text); });
  const auto duration = read_text(fields, "duration",
                                  [](const auto& text) { return schedule::parse_duration(text); });
  auto reason = fields.string("reason").value_or("");
  fields.finish("a maintenance window");
  if (!rhythm || !duration) return;
  rules.windows.push_back({std::make_shared<const schedule::Schedule>(
                               schedule::Schedule{*rhythm, zone.value_or(schedule::Zone("UTC"))}),
                           *duration, std::move(reason)});
}

}  // namespace

Rules parse_rules(json::Fields& fields) {
  Rules rules;
  if (const auto* limits = fields.object("limits")) parse_limits(*limits, fields, rules);
  if (const auto* windows = fields.array("maintenance")) {
    std::size_t index = 0;
    for (const auto& window : *windows)
      parse_window(window, fmt::format("{}/{}", fields.at("maintenance"), index++),
                   fields.problems(), rules);
  }
  rules.patience = read_text(fields, "wait_if_down", [](const auto& text) {
    return Millis(schedule::parse_duration(text));
  });
  return rules;
}

const Window* open_window(const Rules& rules, Instant now, Instant& end) {
  const Window* open = nullptr;
  for (const auto& window : rules.windows) {
    schedule::FireTimes times(*window.begins, now - window.duration + Millis{1});
    for (auto time = times.next(); time && time->at <= now; time = times.next()) {
      if (open && time->at + window.duration <= end) continue;
      open = &window;
      end = time->at + window.duration;
    }
  }
  return open;
}

workers::Need need_of(const std::string& name, const std::string& database, const Rules& rules,
                      Instant now) {
  workers::Need need{workers::Need::Kind::connection, name, database, rules.at_once, rules.rate};
  Instant end;
  if (const auto* window = open_window(rules, now, end)) {
    need.closed_until = end;
    need.closed_why = window->reason;
  }
  need.patience = rules.patience;
  return need;
}

}  // namespace orch::connectors
