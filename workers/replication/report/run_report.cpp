#include "workers/replication/report/run_report.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/count.h"
#include "orchestrator/json/text.h"
#include "workers/replication/as_of.h"

namespace orch::replication {
namespace {

namespace bj = boost::json;

const bj::value* member(const bj::value* value, std::string_view name) {
  const auto* object = value ? value->if_object() : nullptr;
  const auto* found = object ? object->if_contains({name.data(), name.size()}) : nullptr;
  return found && !found->is_null() ? found : nullptr;
}

std::string text(const bj::value* value) {
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t integer(const bj::value* value) {
  return value && value->is_int64() ? value->get_int64() : 0;
}

void read_checks(const bj::value* checks, TableReport& table) {
  if (!checks || !checks->is_array()) return;
  table.checks.clear();
  for (const auto& check : checks->get_array()) {
    const auto* passed = member(&check, "passed");
    table.checks.push_back({text(member(&check, "name")),
                            passed && passed->is_bool() && passed->get_bool(),
                            text(member(&check, "found")), text(member(&check, "expected"))});
  }
}

// A cause of our workers is JSON with a message; others are text.
void read_error(const bj::value& error, TableReport& table) {
  table.failed = true;
  table.error = text(member(&error, "Error"));
  table.message = text(member(&error, "Cause"));
  try {
    const auto cause = json::parse(table.message);
    if (!cause.is_object()) return;
    table.hint = text(member(&cause, "hint"));
    table.code = text(member(&cause, "code"));
    read_checks(member(&cause, "checks"), table);
    if (const auto* message = member(&cause, "message")) table.message = text(message);
  } catch (const json::SyntaxError&) {
    // not JSON: the text stands
  }
}

// "ledger: main.fx_rates (sqlite:ledger.db)"
std::string end_of(const bj::value* end, const Displays& displays) {
  const auto connection = text(member(end, "connection"));
  if (connection.empty()) return {};
  auto relation = text(member(end, "table"));
  if (relation.empty()) relation = "a query";
  if (const auto schema = text(member(end, "schema")); !schema.empty())
    relation = schema + "." + relation;
  const auto display = displays.find(connection);
  return fmt::format("{}: {}{}", connection, relation,
                     display == displays.end() ? "" : fmt::format(" ({})", display->second));
}

/// What compared both sides: orch:audit as they are now, else orch:reconcile as of the load.
const bj::value* comparison_of(const bj::value& result) {
  const auto* audit = member(&result, "audit");
  return audit ? audit : member(&result, "reconcile");
}

/// When the source was read.
std::string moment_of(const bj::value* stage, const bj::value* comparison) {
  const auto* moment = member(stage ? stage : comparison, "as_of");
  if (!moment) moment = member(member(comparison, "source"), "as_of");
  return moment ? as_of_text(*moment) : std::string();
}

std::optional<TimeSpent> spent_of(const bj::value& result) {
  const auto* stage = member(&result, "stage");
  const auto* times = member(stage, "times");
  if (!times) return std::nullopt;
  const auto step = [&](const char* name) {
    return integer(member(member(&result, name), "duration_ms"));
  };
  return TimeSpent{.source = integer(member(times, "source_ms")),
                   .encode = integer(member(times, "encode_ms")),
                   .target = integer(member(times, "target_ms")),
                   .stage = step("stage"),
                   .verify = step("verify"),
                   .publish = step("merge")};
}

std::string verdict_of(const bj::value& result, const TableReport& table) {
  if (table.failed) return "failed";
  const auto* reconcile = comparison_of(result);
  if (member(reconcile, "superseded_by")) return "a later load is published";
  if (const auto* equal = member(reconcile, "equal"); equal && equal->is_bool())
    return equal->get_bool() ? "equal" : "different";
  return member(&result, "verify") ? "verified before publishing" : "not compared";
}

}  // namespace

TableReport read_table(const bj::value& result, const Displays& displays) {
  TableReport table;
  table.json = result;
  const auto* entry = member(&result, "table");
  table.key = text(member(&result, "key"));
  if (table.key.empty()) table.key = text(member(entry, "key"));
  table.source = end_of(member(entry, "source"), displays);
  table.target = end_of(member(entry, "target"), displays);
  table.strategy = text(member(entry, "strategy"));
  const auto* stage = member(&result, "stage");
  const auto* merge = member(&result, "merge");
  const auto* reconcile = comparison_of(result);
  table.rows_read = integer(member(stage ? stage : member(reconcile, "source"), "rows"));
  table.rows = integer(member(merge ? merge : member(reconcile, "target"), "rows"));
  table.digest = text(member(stage ? stage : member(reconcile, "source"), "digest"));
  table.method = text(member(merge, "method"));
  if (const auto* rate = member(stage, "rows_per_second"); rate && rate->is_number())
    table.rows_per_second = rate->to_number<double>();
  table.as_of = moment_of(stage, reconcile);
  table.spent = spent_of(result);
  read_checks(member(member(&result, "verify"), "checks"), table);
  for (const char* step : {"stage", "verify", "merge", "reconcile", "audit"}) {
    table.milliseconds += integer(member(member(&result, step), "duration_ms"));
    table.entry_changed = table.entry_changed || member(member(&result, step), "entry");
  }
  table.deletes_followed = !member(reconcile, "deletes");
  if (const auto* error = member(&result, "error")) read_error(*error, table);
  // The message stands under the key.
  if (table.message.starts_with(table.key + ": ")) table.message.erase(0, table.key.size() + 2);
  table.verdict = verdict_of(result, table);
  return table;
}

std::vector<std::string> RunReport::failed() const {
  std::vector<std::string> keys;
  for (const auto& table : tables)
    if (table.failed) keys.push_back(table.key);
  return keys;
}

std::int64_t RunReport::rows_read() const {
  std::int64_t sum = 0;
  for (const auto& table : tables)
    if (!table.failed) sum += table.rows_read;
  return sum;
}

std::int64_t RunReport::rows() const {
  std::int64_t sum = 0;
  for (const auto& table : tables)
    if (!table.failed) sum += table.rows;
  return sum;
}

std::string RunReport::summary() const {
  const auto keys = failed();
  auto words = fmt::format("{} of {}, {} read, {} in the target.", tables.size() - keys.size(),
                           counted(static_cast<std::int64_t>(tables.size()), "table"),
                           counted(rows_read(), "row"), grouped(rows()));
  if (!keys.empty()) words += fmt::format(" Failed: {}.", fmt::join(keys, ", "));
  return words;
}

std::string RunReport::headline() const {
  const auto count = static_cast<std::int64_t>(tables.size());
  const auto bad = failed().size();
  if (count == 0) return "No tables";
  const bool published =
      std::ranges::any_of(tables, [](const TableReport& table) { return !table.method.empty(); });
  if (bad == 0) return counted(count, "table") + (published ? " replicated" : " compared");
  return fmt::format("{} of {} failed", bad, counted(count, "table"));
}

std::string readers_see(const std::optional<Published>& published) {
  if (!published) return "no rows that orch has published";
  const auto& [rows, as_of, at, run] = *published;
  return fmt::format("{} of {}, published by run {}{}", counted(rows, "row"),
                     as_of.empty() ? at : as_of, run, as_of.empty() ? "" : " at " + at);
}

std::string moment_text(std::string_view iso) {
  if (iso.size() < 19 || iso[10] != 'T') return std::string(iso);
  return fmt::format("{} {} UTC", iso.substr(0, 10), iso.substr(11, 8));
}

}  // namespace orch::replication
