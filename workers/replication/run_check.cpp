#include "workers/replication/run_check.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/replication/owner.h"
#include "workers/replication/tolerance.h"
#include "workers/worker.h"

namespace orch::replication {
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

class Ends {
 public:
  Ends(const connectors::Connections& connections, const connectors::Stop& stop)
      : connections_(connections), stop_(stop) {}

  /// Why the entry's table cannot be read, if it is missing and never was loaded.
  std::string missing(const catalog::Entry& entry) {
    // Files that are loaded once come and go.
    if (!entry.source.query.empty() || entry.source.files.landing) return {};
    std::string why;
    answered(entry.source_connection, [&] {
      try {
        tables(entry.source_connection).expect(entry.source.table);
      } catch (const workers::TaskFailed& failed) {
        if (failed.error() != "Source.TableMissing") throw;
        why = failed.what();
      }
    });
    if (why.empty()) return {};
    // What the target does not tell is its own step's to say.
    bool loaded = true;
    answered(entry.target_connection,
             [&] { loaded = target(entry.target_connection).describe(entry.target).has_value(); });
    return loaded ? "" : why;
  }

  void check_owner(const catalog::Entry& entry) {
    std::optional<data::PublishedRecord> last;
    answered(entry.target_connection,
             [&] { last = target(entry.target_connection).last_published(entry.target); });
    replication::check_owner(entry, entry.owner, last);
  }

 private:
  /// Does `work` unless the database has already failed to answer.
  template <class Work>
  void answered(const std::string& connection, Work&& work) {
    if (silent_.contains(connection)) return;
    try {
      work();
    } catch (const workers::TaskFailed& failed) {
      if (!may_pass(failed)) throw;
      if (failed.error().starts_with("Connection.")) silent_.insert(connection);
    }
  }

  KnownTables& tables(const std::string& connection) {
    auto& known = known_[connection];
    if (!known) known = std::make_unique<KnownTables>(connections_.open_source(connection, stop_));
    return *known;
  }

  data::Target& target(const std::string& connection) {
    auto& target = targets_[connection];
    if (!target) target = connections_.open_target(connection, stop_);
    return *target;
  }

  const connectors::Connections& connections_;
  const connectors::Stop& stop_;
  std::map<std::string, std::unique_ptr<KnownTables>> known_;
  std::map<std::string, std::unique_ptr<data::Target>> targets_;
  std::set<std::string> silent_;
};

void refuse_clashes(const catalog::Catalog& catalog, const connectors::Connections& connections) {
  const auto problems = catalog::target_name_problems(catalog, connections);
  if (problems.empty()) return;
  std::vector<std::string> lines;
  lines.reserve(problems.size());
  for (const auto& problem : problems)
    lines.push_back(fmt::format("{}: {}", problem.pointer, problem.message));
  throw workers::TaskFailed("Catalog.TargetClash", fmt::format("{}", fmt::join(lines, "; ")),
                            problems.front().hint, "ORCH-0316");
}

void refuse_missing(Ends& ends, const std::vector<catalog::Entry>& entries,
                    const boost::json::value* tolerance) {
  std::vector<std::string> missing;
  for (const auto& entry : entries)
    if (auto why = ends.missing(entry); !why.empty())
      missing.push_back(entry.key + ": " + std::move(why));
  if (std::cmp_less_equal(missing.size(), allowed_failures(tolerance, entries.size()))) return;
  throw workers::TaskFailed("Source.TableMissing", fmt::format("{}", fmt::join(missing, "; ")),
                            "correct the entries; `orch catalog discover` lists the tables of a "
                            "connection, \"tolerance\" lets some tables fail",
                            "ORCH-0430");
}

}  // namespace

void check_run(const workers::Task& task, Chosen& chosen,
               const connectors::Connections& connections, const connectors::Stop& stop) {
  refuse_clashes(chosen.catalog, connections);
  Ends ends(connections, stop);
  refuse_missing(ends, chosen.entries, option(task, "tolerance"));
  const bool takeover = boolean_option(task, "takeover");
  for (auto& entry : chosen.entries) {
    entry.owner = owner_of(chosen.catalog, entry, connections, task.store);
    if (!takeover && !entry.takeover) ends.check_owner(entry);
  }
}

void check_run_input(const boost::json::value& input, const std::filesystem::path& connections,
                     const connectors::Stop& stop) {
  workers::Task task;
  task.resource = "orch:catalog";
  task.state = "Catalog";
  task.connections = connections;
  task.input = boost::json::object{{"options", input}};
  check_options(task);
  const auto loaded = connectors::Connections::current(connections);
  auto chosen = chosen_entries(task, *loaded);
  check_run(task, chosen, *loaded, stop);
}

}  // namespace orch::replication
