// What runs did to tables, in brief, in a file beside the store: what lists and grids over many
// runs are answered from, so that no history is read for them. It is made again from the histories
// when it is missing or of another store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/view/table_runs.h"

namespace orch::view {

/// STORE.tables, the file of a store.
std::filesystem::path table_index_file(std::filesystem::path store);

/// What one run did to one table.
struct TableBrief {
  store::ExecutionId execution{};
  std::string run;  ///< id
  std::string name;
  std::string workflow;
  std::string connections;  ///< path of the connections file; may be empty
  std::string pipeline;     ///< that the run belongs to; may be empty
  Instant started;
  std::string key;
  Outcome outcome = Outcome::waiting;
  std::optional<std::int64_t> rows;
  std::optional<std::int64_t> bytes = {};  ///< that were read of the source
  Millis duration{};
  std::int64_t attempts = 0;
  std::string state;     ///< its latest
  std::string resource;  ///< of that
  std::string error;     ///< empty: none
  std::string message;
  std::string code;
  std::optional<Load> load;
};

TableBrief brief_of(const store::ExecutionRow& row, const TableLine& table, Instant now);

/// A table as it is now. Tables are told apart by their keys and the files of their connections.
struct TableNow {
  TableBrief latest;
  std::optional<TableBrief> loaded;  ///< the latest that published a load
  std::optional<TableBrief> before;  ///< likewise, before `loaded`
};

/// Names of pipelines: only their runs count, as if there were no others. Unset: all runs do.
using OfPipelines = std::optional<std::vector<std::string>>;

/// One thread at a time.
class TableIndex {
 public:
  /// Opens or makes the file; one of another version is emptied.
  explicit TableIndex(const std::filesystem::path& path);

  /// Up to where in the journal of the store it is complete, and what stands there.
  struct Place {
    std::int64_t position = 0;
    std::string mark = {};
  };
  Place place();
  void clear();
  /// Replaces what is known of these runs' tables, and moves on to `place`.
  void keep(std::span<const TableBrief> briefs, const Place& place);
  /// Drops the runs that `gone` says true of.
  void forget(const std::function<bool(store::ExecutionId)>& gone);

  /// In the order of keys and connections, after a key and its connections; of one workflow, when
  /// the latest run of the table is of it.
  std::vector<TableNow> tables(const std::optional<std::string>& workflow,
                               const std::pair<std::string, std::string>& after, std::int64_t limit,
                               const OfPipelines& pipelines = {});
  /// The runs of a table, newest first, that came before `behind`.
  std::vector<TableBrief> runs_of(const std::string& key, std::optional<store::ExecutionId> behind,
                                  std::int64_t limit, const OfPipelines& pipelines = {});
  /// What these runs did to all their tables, by key.
  std::vector<TableBrief> of_runs(std::span<const store::ExecutionId> runs);

 private:
  /// The rows of one table that belong to one pipeline: few of them have many rows.
  struct Part {
    std::string key;
    std::string connections;
    std::string pipeline;
  };
  template <class... Values>
  std::optional<Part> first_part(const char* which, const Values&... values);
  std::optional<Part> part_after(const Part& at);
  std::optional<Part> part_after_table(const std::string& key, const std::string& connections);
  std::optional<std::int64_t> newest(const Part& of, const char* which, std::int64_t below);
  std::optional<TableBrief> newest(std::span<const Part> of, const char* which, std::int64_t below);
  std::optional<TableNow> table_of(std::span<const Part> parts);

  sqlite::Database db_;
};

}  // namespace orch::view
