#include "workers/steps/table_result.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "workers/steps/as_of.h"

namespace orch::steps {
namespace {

namespace bj = boost::json;

const bj::value* member(const bj::value* value, std::string_view name) {
  const auto* object = value ? value->if_object() : nullptr;
  return object ? object->if_contains({name.data(), name.size()}) : nullptr;
}

std::string text(const bj::value* value) {
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t integer(const bj::value* value) {
  return value && value->is_int64() ? value->get_int64() : 0;
}

// A cause of our workers is JSON with a message; others are text.
void read_error(const bj::value& error, TableResult& result) {
  result.failed = true;
  result.error = text(member(&error, "Error"));
  result.message = text(member(&error, "Cause"));
  try {
    const auto cause = json::parse(result.message);
    if (!cause.is_object()) return;
    result.hint = text(member(&cause, "hint"));
    result.code = text(member(&cause, "code"));
    if (const auto* message = member(&cause, "message")) result.message = text(message);
  } catch (const json::SyntaxError&) {
    // not JSON: the text stands
  }
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.replace(at, 1, "\\|");
  return text;
}

std::string verdict(const TableResult& result) {
  if (result.failed) return "**failed**";
  std::string words = "not compared";
  if (result.superseded)
    words = "a later load is published";
  else if (result.equal)
    words = *result.equal ? "equal" : "**different**";
  if (!result.deletes_followed) words += "; deletes are not followed";
  return words;
}

}  // namespace

TableResult read_result(const bj::value& value) {
  TableResult result;
  result.json = value;
  result.key = text(member(&value, "key"));
  if (result.key.empty()) result.key = text(member(member(&value, "table"), "key"));
  if (const auto* error = member(&value, "error")) read_error(*error, result);
  const auto* stage = member(&value, "stage");
  result.rows_read = integer(member(stage, "rows"));
  result.digest = text(member(stage, "digest"));
  if (const auto* rate = member(stage, "rows_per_second"); rate && rate->is_number())
    result.rows_per_second = rate->to_number<double>();
  const auto* merge = member(&value, "merge");
  result.rows = integer(member(merge, "rows"));
  result.method = text(member(merge, "method"));
  for (const char* step : {"stage", "verify", "merge", "reconcile"})
    result.milliseconds += integer(member(member(&value, step), "duration_ms"));
  const auto* reconcile = member(&value, "reconcile");
  if (const auto* equal = member(reconcile, "equal"); equal && equal->is_bool())
    result.equal = equal->get_bool();
  result.superseded = member(reconcile, "superseded_by") != nullptr;
  result.deletes_followed = member(reconcile, "deletes") == nullptr;
  if (const auto* moment = member(stage ? stage : reconcile, "as_of"))
    result.as_of = as_of_text(*moment);
  if (!merge && reconcile) {
    result.rows_read = integer(member(member(reconcile, "source"), "rows"));
    result.rows = integer(member(member(reconcile, "target"), "rows"));
    result.digest = text(member(member(reconcile, "source"), "digest"));
  }
  return result;
}

std::vector<TableResult> read_results(const bj::value* array) {
  std::vector<TableResult> results;
  if (!array || !array->is_array()) return results;
  for (const auto& item : array->get_array()) results.push_back(read_result(item));
  return results;
}

std::string grouped(std::int64_t number) {
  auto text = fmt::format("{}", number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string to_markdown(const std::string& run, const std::vector<TableResult>& results,
                        const std::string& summary) {
  auto out = fmt::format("# Reconciliation report of run {}\n\n{}\n\n", run, summary);
  out +=
      "| table | rows read | rows in target | rows/s | time | published by | as of | verdict "
      "| digest |\n"
      "|---|---:|---:|---:|---:|---|---|---|---|\n";
  for (const auto& result : results)
    out += fmt::format("| {} | {} | {} | {} | {:.2f} s | {} | {} | {} | {} |\n",
                       one_line(result.key), grouped(result.rows_read), grouped(result.rows),
                       grouped(static_cast<std::int64_t>(result.rows_per_second)),
                       static_cast<double>(result.milliseconds) / 1000, result.method, result.as_of,
                       verdict(result), result.digest.substr(0, 16));
  for (const auto& result : results) {
    if (!result.failed) continue;
    out += fmt::format("\n## {}\n\n- error: `{}` {}\n- message: {}\n", result.key, result.error,
                       result.code, result.message);
    if (!result.hint.empty()) out += fmt::format("- hint: {}\n", result.hint);
  }
  return out;
}

}  // namespace orch::steps
