#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/json/members.h"
#include "workers/replication/control_steps.h"
#include "workers/replication/step_input.h"

namespace orch::replication {
namespace {

const boost::json::value& required(const workers::Task& task, const char* name) {
  const auto* value = input_member(task, name);
  if (value) return *value;
  throw workers::TaskFailed(
      "Input.Invalid",
      fmt::format("{} of state {}: no \"{}\" in the input", task.resource, task.state, name),
      "see workflows/replicate.json for what it expects", "ORCH-0530");
}

[[noreturn]] void refuse(const boost::json::object& report) {
  std::string message;
  if (const auto* failures = report.if_contains("failures"); failures && failures->is_array()) {
    for (const auto& failure : failures->get_array()) {
      const auto& each = failure.as_object();
      message +=
          fmt::format("{}{}: {}: {}", message.empty() ? "" : "\n", json::text_member(each, "key"),
                      json::text_member(each, "error"), json::text_member(each, "message"));
    }
  }
  throw workers::TaskFailed("Replicate.TablesFailed", message,
                            "mend what the errors say, then `orch resume` the run: only these "
                            "tables are repeated",
                            "ORCH-0532", {{"failed", report.at("failed")}});
}

class Gate final : public workers::Worker {
 public:
  boost::json::value run(const workers::Task& task, workers::TaskContext&) override {
    const auto& report = required(task, "report").as_object();
    const auto& now = required(task, "now");
    if (now == required(task, "seen")) refuse(report);
    const auto failed = string_list("failed", &report.at("failed"));
    boost::json::array tables;
    for (const auto& table : required(task, "tables").as_array()) {
      const auto key = json::text_member(table.as_object(), "key");
      if (std::find(failed.begin(), failed.end(), key) != failed.end()) tables.push_back(table);
    }
    const auto count = static_cast<std::int64_t>(tables.size());
    return {{"tables", std::move(tables)},
            {"count", count},
            {"settings", required(task, "settings")},
            {"done", report.at("done")},
            {"seen", now}};
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_gate() { return std::make_unique<Gate>(); }

}  // namespace orch::replication
