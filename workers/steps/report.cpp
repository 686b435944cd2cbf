#include <cmath>
#include <filesystem>
#include <map>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/path_segment.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/replace_file.h"
#include "orchestrator/json/text.h"
#include "workers/connections/connections.h"
#include "workers/steps/control_steps.h"
#include "workers/steps/step_input.h"
#include "workers/steps/table_result.h"
#include "workers/steps/tolerance.h"

namespace orch::steps {
namespace {

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

std::string summary_of(const std::vector<TableResult>& results,
                       const std::vector<std::string>& failed, std::int64_t rows) {
  auto text = fmt::format("{} of {} tables, {} rows.", results.size() - failed.size(),
                          results.size(), grouped(rows));
  if (!failed.empty()) text += fmt::format(" Failed: {}.", fmt::join(failed, ", "));
  return text;
}

class Report final : public workers::Worker {
 public:
  boost::json::value run(const workers::Task& task, workers::TaskContext&) override {
    const auto results = all_results(task);
    const auto* settings = input_member(task, "settings");
    const auto* settings_object = settings ? settings->if_object() : nullptr;
    const auto setting = [&](const char* name) {
      return settings_object ? settings_object->if_contains(name) : nullptr;
    };
    std::vector<std::string> failed;
    std::int64_t rows = 0;
    boost::json::array failures, done;
    for (const auto& result : results) {
      rows += result.rows;
      if (!result.failed) {
        done.push_back(result.json);
        continue;
      }
      failed.push_back(result.key);
      failures.push_back(boost::json::object{{"key", result.key},
                                             {"error", result.error},
                                             {"message", result.message},
                                             {"hint", result.hint}});
    }
    const bool good = static_cast<std::int64_t>(failed.size()) <=
                      allowed_failures(setting("tolerance"), results.size());
    const auto summary = summary_of(results, failed, rows);
    boost::json::object output{{"outcome", good ? "succeeded" : "failed"},
                               {"tables", static_cast<std::int64_t>(results.size())},
                               {"rows", rows},
                               {"failed", boost::json::array(failed.begin(), failed.end())},
                               {"failures", std::move(failures)},
                               {"summary", summary}};
    output["files"] = write_reports(task, setting("report_folder"), results, output);
    output["done"] = std::move(done);
    return output;
  }

 private:
  // Those of this round, and of earlier rounds what was not repeated; in the order of their keys.
  static std::vector<TableResult> all_results(const workers::Task& task) {
    std::map<std::string, TableResult> by_key;
    for (const char* member : {"done", "results"}) {
      for (auto& result : read_results(input_member(task, member)))
        by_key.insert_or_assign(result.key, result);
    }
    std::vector<TableResult> results;
    for (auto& [key, result] : by_key) results.push_back(std::move(result));
    return results;
  }

  static boost::json::array write_reports(const workers::Task& task,
                                          const boost::json::value* folder,
                                          const std::vector<TableResult>& results,
                                          const boost::json::object& output) {
    const auto connections = connections::Connections::load(task.connections);
    const auto name = folder && folder->is_string() ? std::string(folder->get_string())
                                                    : "reports/" + path_segment(task.run_name);
    // Also of a folder that nobody named: a link may stand there.
    if (task.access)
      workers::deny(
          task.access->refuse({access::Demand::Kind::write, name, ""}, connections.folder()));
    const auto base = connections.folder() / name;
    boost::json::array tables;
    for (const auto& result : results) tables.push_back(result.json);
    auto document = output;
    document["run"] = task.run;
    document["name"] = task.run_name;
    document["results"] = std::move(tables);
    write_report(base / "report.md",
                 to_markdown(task.run_name, results, std::string(output.at("summary").as_string())),
                 task);
    write_report(base / "report.json", json::write(document) + "\n", task);
    return {(base / "report.md").string(), (base / "report.json").string()};
  }
};

}  // namespace

std::unique_ptr<workers::Worker> make_report() { return std::make_unique<Report>(); }

}  // namespace orch::steps
