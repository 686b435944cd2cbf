#include "workers/replication/run_claim.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/json/fields.h"
#include "orchestrator/json/text.h"
#include "workers/replication/step_input.h"

namespace orch::replication {
namespace {

std::string policy_of(const workers::Task& task) {
  const auto* value = option(task, "if_running");
  if (!value) return "wait";
  if (value->is_string()) {
    std::string text(value->get_string());
    if (text == "wait" || text == "skip" || text == "fail") return text;
  }
  throw workers::TaskFailed(
      "Input.Invalid",
      fmt::format("if_running must be \"wait\", \"skip\" or \"fail\", found {}",
                  json::write(*value)),
      "it says what to do when another run replicates the same tables", "ORCH-0530");
}

}  // namespace

std::vector<std::string> target_names(const std::vector<catalog::Entry>& entries,
                                      const connectors::Connections& connections) {
  std::vector<std::string> names;
  for (const auto& entry : entries) {
    const auto where = connections.database(entry.target_connection);
    auto schema = entry.target.schema;
    if (schema.empty()) schema = connections.naming(entry.target_connection).default_schema;
    names.push_back(
        fmt::format("{} {}{}{}", where, schema, schema.empty() ? "" : ".", entry.target.name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::optional<workers::Holder> claim_targets(const workers::Task& task,
                                             workers::TaskContext& context,
                                             const std::vector<catalog::Entry>& entries,
                                             const connectors::Connections& connections) {
  const auto policy = policy_of(task);
  const auto* claims = input_member(task, "claim");
  if (claims && *claims == boost::json::value(false)) return std::nullopt;
  const auto names = target_names(entries, connections);
  auto other = context.claim(names);
  if (other && policy == "wait") throw workers::Waits(names);
  if (other && policy == "fail") throw workers::overlaps(*other);
  return other;
}

}  // namespace orch::replication
