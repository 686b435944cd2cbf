#include <fmt/format.h>

#include "orchestrator/base/claim_text.h"
#include "orchestrator/base/path_segment.h"
#include "workers/connectors/look.h"
#include "workers/replication/control_steps.h"
#include "workers/replication/current_entry.h"
#include "workers/replication/run_check.h"
#include "workers/replication/run_claim.h"
#include "workers/replication/step_input.h"

namespace orch::replication {
namespace {

constexpr std::int64_t default_concurrency = 4;

std::string skipped(const workers::Holder& other) {
  return fmt::format("Skipped: run {} is replicating {}.", other.name, claim_text(other.names));
}

class CatalogStep final : public workers::Worker {
 public:
  boost::json::value run(const workers::Task& task, workers::TaskContext& context) override {
    const auto connections = connectors::Connections::current(task.connections);
    auto chosen = chosen_entries(task, *connections);
    connectors::look(context, *connections, catalog::connections_of(chosen.entries));
    check_run(task, chosen, *connections, [&] { return context.stop_requested(); });
    auto& entries = chosen.entries;
    const auto other = claim_targets(task, context, entries, *connections);
    if (other) entries.clear();
    boost::json::array tables;
    for (const auto& entry : entries) tables.push_back(with_origin(entry, task));
    const auto names = catalog::connections_of(entries);
    boost::json::object settings{
        {"max_concurrency",
         integer_option(task, "max_concurrency", default_concurrency, 1, 1'000)}};
    const auto* tolerance = option(task, "tolerance");
    settings["tolerance"] = tolerance ? *tolerance : boost::json::value(0);
    const auto* folder = option(task, "report_folder");
    settings["report_folder"] =
        folder ? *folder
               : boost::json::value(fmt::format("reports/{}", path_segment(task.run_name)));
    const auto* redrives = input_member(task, "redrives");
    return {{"verdict", other ? "skip" : "go"},
            {"summary", other ? skipped(*other) : ""},
            {"tables", std::move(tables)},
            {"connections", boost::json::array(names.begin(), names.end())},
            {"count", static_cast<std::int64_t>(entries.size())},
            {"settings", std::move(settings)},
            {"done", boost::json::array()},
            {"seen", redrives ? *redrives : boost::json::value(0)}};
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_catalog() { return std::make_unique<CatalogStep>(); }

}  // namespace orch::replication
