#include "workers/steps/run_check.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/steps/tolerance.h"
#include "workers/worker.h"

namespace orch::steps {
namespace {

/// A failure of the databases that a later step meets again, waits for or retries.
bool may_pass(const workers::TaskFailed& failed) {
  const std::set<std::string_view> lasting = {
      "Source.TableMissing",      "Connection.Unknown", "Connection.Unsupported",
      "Connection.SecretMissing", "Connection.Refused",
  };
  return !lasting.contains(failed.error());
}

/// The tables of one source; those that a user may name otherwise than the list does are asked for
/// one by one.
class KnownTables {
 public:
  explicit KnownTables(std::unique_ptr<data::Source> source) : source_(std::move(source)) {
    for (const auto& each : source_->list()) names_.insert(each.name.display());
  }

  /// Throws TaskFailed "Source.TableMissing" and whatever else describe() does.
  void expect(const data::TableName& table) {
    if (!names_.contains(table.display())) source_->describe({table, ""});
  }

 private:
  std::unique_ptr<data::Source> source_;
  std::set<std::string> names_;
};

class TableSearch {
 public:
  TableSearch(const connections::Connections& connections, const connections::Stop& stop)
      : connections_(connections), stop_(stop) {}

  /// Why the entry's table cannot be read, if it is missing and never was there.
  std::string missing(const catalog::Entry& entry) {
    if (!entry.source.query.empty() || silent_.contains(entry.source_connection)) return {};
    try {
      tables(entry.source_connection).expect(entry.source.table);
    } catch (const workers::TaskFailed& failed) {
      if (failed.error() == "Source.TableMissing") return loaded(entry) ? "" : failed.what();
      if (!may_pass(failed)) throw;
      if (failed.error().starts_with("Connection.")) silent_.insert(entry.source_connection);
    }
    return {};
  }

 private:
  KnownTables& tables(const std::string& connection) {
    auto& known = known_[connection];
    if (!known) known = std::make_unique<KnownTables>(connections_.open_source(connection, stop_));
    return *known;
  }

  bool loaded(const catalog::Entry& entry) const {
    try {
      return connections_.open_target(entry.target_connection, stop_)
          ->describe(entry.target)
          .has_value();
    } catch (const workers::TaskFailed& failed) {
      if (!may_pass(failed)) throw;
      return true;  // not known: the table's own step will say
    }
  }

  const connections::Connections& connections_;
  const connections::Stop& stop_;
  std::map<std::string, std::unique_ptr<KnownTables>> known_;
  std::set<std::string> silent_;
};

void refuse_clashes(const catalog::Catalog& catalog, const connections::Connections& connections) {
  const auto problems = catalog::target_name_problems(catalog, connections);
  if (problems.empty()) return;
  std::vector<std::string> lines;
  for (const auto& problem : problems)
    lines.push_back(fmt::format("{}: {}", problem.pointer, problem.message));
  throw workers::TaskFailed("Catalog.TargetClash", fmt::format("{}", fmt::join(lines, "; ")),
                            problems.front().hint, "ORCH-0316");
}

}  // namespace

void check_run(const Chosen& chosen, const connections::Connections& connections,
               const boost::json::value* tolerance, const connections::Stop& stop) {
  refuse_clashes(chosen.catalog, connections);
  TableSearch search(connections, stop);
  std::vector<std::string> missing;
  for (const auto& entry : chosen.entries)
    if (auto why = search.missing(entry); !why.empty())
      missing.push_back(entry.key + ": " + std::move(why));
  if (std::cmp_less_equal(missing.size(), allowed_failures(tolerance, chosen.entries.size())))
    return;
  throw workers::TaskFailed("Source.TableMissing", fmt::format("{}", fmt::join(missing, "; ")),
                            "correct the entries; `orch catalog discover` lists the tables of a "
                            "connection, \"tolerance\" lets some tables fail",
                            "ORCH-0430");
}

void check_run_input(const boost::json::value& input, const std::filesystem::path& connections,
                     const connections::Stop& stop) {
  workers::Task task;
  task.resource = "orch:catalog";
  task.state = "Catalog";
  task.connections = connections;
  task.input = boost::json::object{{"options", input}};
  check_options(task);
  const auto loaded = connections::Connections::load(connections);
  check_run(chosen_entries(task, loaded), loaded, option(task, "tolerance"), stop);
}

}  // namespace orch::steps
