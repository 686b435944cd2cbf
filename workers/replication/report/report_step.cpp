// orch:report.
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>

#include <fmt/format.h>

#include "orchestrator/base/path_segment.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/replace_file.h"
#include "orchestrator/base/time.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/json/text.h"
#include "workers/connectors/connections.h"
#include "workers/replication/as_of.h"
#include "workers/replication/control_steps.h"
#include "workers/replication/current_entry.h"
#include "workers/replication/report/html.h"
#include "workers/replication/report/markdown.h"
#include "workers/replication/report/run_report.h"
#include "workers/replication/step_input.h"
#include "workers/replication/tolerance.h"

namespace orch::replication {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

void write_report(const fs::path& path, const std::string& text, const workers::Task& task) {
  try {
    make_private_folders(path.parent_path());
    replace_file(path, text, task.run);
  } catch (const std::system_error& error) {
    throw workers::TaskFailed(
        "Report.Failed", fmt::format("{}: {}", path.string(), error.code().message()),
        "check the folder's permissions and free space, then resume the run", "ORCH-0531");
  }
}

/// Asks targets what they hold of tables that this run did not publish; each is opened once.
class PublishedRows {
 public:
  explicit PublishedRows(const connectors::Connections& connections) : connections_(connections) {}

  /// For people. Throws nothing: a target that does not answer is no reason to have no report.
  std::string of(const bj::value& result) {
    const auto* object = result.if_object();
    const auto* table = object ? object->if_contains("table") : nullptr;
    if (!table) return {};
    try {
      const auto entry = catalog::entry_from_json(without_origin(*table));
      return readers_see(ask(entry));
    } catch (const std::exception& error) {
      return fmt::format("not known: {}", error.what());
    }
  }

 private:
  std::optional<Published> ask(const catalog::Entry& entry) {
    auto& target = targets_[entry.target_connection];
    if (!target) target = connections_.open_target(entry.target_connection);
    const auto record = target->last_published(entry.target);
    if (!record) return std::nullopt;
    return Published{record->emptied ? 0 : record->total_rows, as_of_text(as_of(record->position)),
                     moment_text(record->published_at),
                     record->run_name.empty() ? record->run : record->run_name};
  }

  const connectors::Connections& connections_;
  std::map<std::string, std::unique_ptr<data::Target>> targets_;
};

// Those of this round, and of earlier rounds what was not repeated; in the order of their keys.
std::vector<TableReport> all_tables(const workers::Task& task,
                                    const connectors::Connections& connections) {
  Displays displays;
  for (const auto& each : connections.list()) displays.emplace(each.name, each.display);
  std::map<std::string, TableReport> by_key;
  for (const char* name : {"done", "results"}) {
    const auto* results = input_member(task, name);
    if (!results || !results->is_array()) continue;
    for (const auto& result : results->get_array()) {
      auto table = read_table(result, displays);
      auto key = table.key;
      by_key.insert_or_assign(std::move(key), std::move(table));
    }
  }
  PublishedRows published(connections);
  std::vector<TableReport> tables;
  for (auto& [key, table] : by_key) {
    if (table.failed) table.readers_see = published.of(table.json);
    tables.push_back(std::move(table));
  }
  return tables;
}

RunReport report_of(const workers::Task& task, const connectors::Connections& connections) {
  RunReport report;
  report.run = task.run;
  report.name = task.run_name;
  if (const auto* started = input_member(task, "started"); started && started->is_string())
    report.started = moment_text(std::string_view(started->get_string()));
  report.written = moment_text(to_iso(wall_now()));
  report.tables = all_tables(task, connections);
  return report;
}

bj::array failures_of(const RunReport& report) {
  bj::array failures;
  for (const auto& table : report.tables) {
    if (!table.failed) continue;
    bj::object failure{{"key", table.key},
                       {"error", table.error},
                       {"message", table.message},
                       {"hint", table.hint}};
    if (!table.readers_see.empty()) failure["readers_see"] = table.readers_see;
    failures.push_back(std::move(failure));
  }
  return failures;
}

bj::array results_of(const RunReport& report, bool failed_too) {
  bj::array results;
  for (const auto& table : report.tables)
    if (failed_too || !table.failed) results.push_back(table.json);
  return results;
}

class ReportStep final : public workers::Worker {
 public:
  bj::value run(const workers::Task& task, workers::TaskContext&) override {
    const auto connections = connectors::Connections::current(task.connections);
    const auto* settings = input_member(task, "settings");
    const auto* settings_object = settings ? settings->if_object() : nullptr;
    const auto setting = [&](const char* name) {
      return settings_object ? settings_object->if_contains(name) : nullptr;
    };
    const auto report = report_of(task, *connections);
    const auto failed = report.failed();
    const bool good = static_cast<std::int64_t>(failed.size()) <=
                      allowed_failures(setting("tolerance"), report.tables.size());
    bj::object output{{"outcome", good ? "succeeded" : "failed"},
                      {"tables", static_cast<std::int64_t>(report.tables.size())},
                      {"rows", report.rows_read()},
                      {"rows_in_target", report.rows()},
                      {"failed", bj::array(failed.begin(), failed.end())},
                      {"failures", failures_of(report)},
                      {"summary", report.summary()}};
    output["files"] = write(task, *connections, setting("report_folder"), report, output);
    output["done"] = results_of(report, false);
    return output;
  }

 private:
  static bj::array write(const workers::Task& task, const connectors::Connections& connections,
                         const bj::value* folder, const RunReport& report,
                         const bj::object& output) {
    const auto name = folder && folder->is_string() ? std::string(folder->get_string())
                                                    : "reports/" + path_segment(task.run_name);
    // Also of the default folder: a link may be there.
    if (task.access)
      workers::deny(
          task.access->refuse({access::Demand::Kind::write, name, ""}, connections.folder()));
    const auto base = connections.folder() / name;
    auto document = output;
    document["run"] = report.run;
    document["name"] = report.name;
    document["started"] = report.started;
    document["written"] = report.written;
    document["results"] = results_of(report, true);
    bj::array files;
    const auto add = [&](const char* file, const std::string& text) {
      write_report(base / file, text, task);
      files.emplace_back((base / file).string());
    };
    add("report.md", to_markdown(report));
    add("report.html", to_html(report));
    add("report.json", json::write(document) + "\n");
    return files;
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_report() { return std::make_unique<ReportStep>(); }

}  // namespace orch::replication
