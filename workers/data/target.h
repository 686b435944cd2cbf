// Where rows go: staged, verified, then published in one transaction with the evidence.
//
// Bookkeeping in the target database (schema `orch` in PostgreSQL, prefix `orch_` in SQLite; the
// databases' own files in workers/postgres and workers/sqlite say the columns):
//   load      one row a target table: the load that is staged (id, fence, rows, digest, position),
//             whether it is verified. Written in the transaction that loads the staging table.
//   evidence  one row a published load, for ever. Written in the transaction that publishes.
//   fence     one row a target table: the largest fence seen, and the store that issued it.
//   file      one row a version of a file that a published load of a landing zone brought. Written
//             in the transaction that publishes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "workers/data/digest.h"
#include "workers/data/source.h"
#include "workers/data/strategy.h"
#include "workers/data/table.h"

namespace orch::data {

/// How much of a publish is compared, before it commits, with what was read: every row's digest,
/// the number of rows, or nothing.
enum class Proof : std::uint8_t { full, count, off };

/// What the catalog entry and the source say; input of Target::plan().
struct PlanRequest {
  std::string key;  ///< metadata key
  TableName target;
  Strategy strategy = Strategy::replace;
  Traits source_traits;
  Table source;                             ///< only the columns to copy, in order
  std::vector<std::string> target_columns;  ///< target name of each source column
  std::vector<std::string> target_types;    ///< the catalog's wish for each, or empty
  std::vector<std::string> key_columns;     ///< target names; from the catalog, else the source
  int parts = 1;
  Proof proof = Proof::full;
  bool only_reads = false;   ///< nothing is to be written: rights to write are not asked for
  bool alone = false;        ///< only the source table's own rows, as Relation::alone
  bool reads_again = false;  ///< append: rows of earlier loads may come again; they are left alone
};

/// How one table travels. Made by Target::plan() without changing anything.
struct LoadPlan {
  PlanRequest request;
  std::vector<Column> columns;           ///< of the target, in the order of the row
  std::vector<std::string> expressions;  ///< for ReadRequest::expressions
  RowFormat format = RowFormat::cells;
  bool create = false;  ///< the target table does not exist yet
  /// The target orders values of every kind as the source does, texts and mixed columns too.
  bool same_order = false;
  std::vector<UserType> create_types;  ///< that the target lacks; made when the load begins
  std::string fingerprint;             ///< hash of source and target columns and types
  /// What the plan rests on of the target table, as a hash; empty: it did not exist. While the
  /// table has the same, the plan holds.
  std::string target_state;
};

/// Identity of one staging of one table.
struct LoadId {
  std::string id;  ///< "<run>/<key>/<ticket>/<random>": each staging is a load of its own
  std::string run;
  std::string store;
  std::int64_t fence = 0;

  friend bool operator==(const LoadId&, const LoadId&) = default;
};

/// What the load row says.
struct LoadRecord {
  LoadId load;
  Digest digest;  ///< of what was read
  bool verified = false;
  boost::json::object position;  ///< Source::position(), watermark, write_plan()
  std::string fingerprint;
};

/// What the publish found of the load's rows in the table, in the transaction that published them.
struct PublishedProof {
  Proof mode = Proof::off;
  Digest found;        ///< full: digest and rows; count: rows
  bool equal = false;  ///< with what was read; never false with another mode than off
};

/// The evidence of a published load.
struct PublishedRecord {
  std::string load;  ///< its id
  std::string run;
  std::string run_name;
  std::string published_at;  ///< ISO 8601, UTC
  Strategy strategy = Strategy::replace;
  std::string method;
  Digest digest;                 ///< of the load's rows, as they were read
  std::int64_t total_rows = 0;   ///< in the table afterwards
  boost::json::object position;  ///< as in LoadRecord
  std::string fingerprint;
  std::optional<PublishedProof> proof;  ///< older versions took none
  bool emptied = false;                 ///< the load left rows in the table, and now there are none
};

/// What loads keep of one table in the target, beside its rows.
struct TableBooks {
  TableName table;
  /// Whose load was last at the table: store and fence; its run where the target keeps it. No id.
  LoadId latest;
  std::optional<LoadId> staged;              ///< the load that waits to be published
  std::vector<std::string> abandoned;        ///< staging tables that no staged load needs
  std::optional<PublishedRecord> published;  ///< the newest evidence; `emptied` is not looked at
};

/// Spells cells in the target's row encoding (the one that is digested, and that RowWriter takes).
class RowEncoder {
 public:
  virtual ~RowEncoder() = default;
  /// Appends one row. Throws TaskFailed "Type.ValueRefused" naming table.column, the value (at
  /// most 80 characters) and the type when the value cannot be kept exactly.
  virtual void encode(std::span<const Cell> cells, std::string& out) = 0;
};

/// Writes one part of a staging table; used by one thread.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  /// `rows` are whole rows in the row encoding, back to back.
  virtual void write(std::string_view rows) = 0;
  virtual void finish() = 0;
};

/// A truncate-and-load of one staging table. Destroyed without commit(): nothing has changed, or
/// the next load of the table truncates what is left.
class Load {
 public:
  virtual ~Load() = default;
  /// Number of parts that can be written at once (1, or PlanRequest::parts).
  virtual int parts() const = 0;
  virtual RowWriter& part(int index) = 0;
  /// The move was given up: a writer that is blocked ends soon. Called at most once, from another
  /// thread than the writers'.
  virtual void give_up() noexcept {}
  /// Commits the rows with the load row.
  virtual void commit(const Digest& digest, const boost::json::object& position) = 0;
};

struct Check {
  std::string name;  ///< for people: "amount is not null"
  enum class Type : std::uint8_t {
    not_null,
    unique,
    min_rows,
    max_rows,
    max_growth_percent,
    max_shrink_percent,
    sql
  } type{};
  std::vector<std::string> columns;  ///< not_null, unique
  double bound = 0;                  ///< the rows and percent checks
  std::string sql;                   ///< a condition every staged row must meet
};

struct CheckResult {
  std::string name;
  bool passed = false;
  std::string found;
  std::string expected;
};

struct Published {
  std::string method;     ///< "swap", "merge", "delete-insert", "insert", "unchanged"
  std::int64_t rows = 0;  ///< in the target afterwards
  std::int64_t inserted = 0;
  std::int64_t updated = 0;
  std::int64_t deleted = 0;
  bool repeated = false;  ///< this load was already published: nothing was done
  double lock_ms = 0;     ///< how long readers could have been kept waiting
  PublishedProof proof;
};

/// How a load would become the rows of its table, as things are now.
struct PublishWay {
  /// Who waits for it: nobody; everybody, for the moment of an exchange; who else writes to the
  /// table, to the same rows, to the database.
  enum class Lock : std::uint8_t { none, exchange, writers, rows, database };
  std::string method;  ///< "create", or as in Published
  Lock lock = Lock::none;
};

/// An open connection to a database to write to. One thread at a time (the writers of a Load work
/// on threads and connections of their own).
class Target {
 public:
  virtual ~Target() = default;
  virtual std::string engine() const = 0;  ///< for people: "postgresql"
  virtual std::optional<Table> describe(const TableName& name) = 0;

  /// Decides how the source's columns land. Throws TaskFailed "Type.Unsupported" /
  /// "Schema.Mismatch" that lists every column which cannot arrive unchanged. Changes nothing.
  virtual LoadPlan plan(const PlanRequest& request) = 0;
  /// How a load of `plan` would be published. Changes nothing.
  virtual PublishWay publish_way(const LoadPlan& plan) = 0;
  virtual std::unique_ptr<RowEncoder> encoder(const LoadPlan& plan) = 0;

  /// Starts the truncate-and-load of the staging table. Throws TaskFailed "Fence.Stale" when a
  /// larger fence of the same store was seen, "Target.Locked" when somebody holds the table.
  virtual std::unique_ptr<Load> begin_load(const LoadPlan& plan, const LoadId& load) = 0;
  /// Stages a load whose rows are the published ones, all of them and no other: nothing is moved,
  /// and the publish writes evidence alone. `position` has "unchanged", the id of the newest
  /// published load. Throws as begin_load().
  virtual void stage_unchanged(const LoadPlan& plan, const LoadId& load, const Digest& digest,
                               const boost::json::object& position) = 0;
  /// The load row of the table, if a load is staged.
  virtual std::optional<LoadRecord> staged(const TableName& name) = 0;
  /// Reads the staged rows back.
  virtual Digest staged_digest(const LoadPlan& plan, const std::function<bool()>& stop) = 0;
  /// Runs checks on the staged rows (and the published ones, for growth and shrink).
  virtual std::vector<CheckResult> check(const LoadPlan& plan,
                                         const std::vector<Check>& checks) = 0;
  /// Why checks could not be run on the rows that `plan` stages; empty when all can. Conditions are
  /// explained, never run; those on types that are still to be made are not looked at.
  virtual std::vector<std::string> check_problems(const LoadPlan& plan,
                                                  const std::vector<Check>& checks) = 0;
  /// Sets the load row's `verified` if `load` is still the staged one and its fence holds.
  virtual void mark_verified(const LoadPlan& plan, const LoadId& load) = 0;

  /// Publishes the verified load by the plan's strategy, with evidence and fence, in one
  /// transaction, and drops the staging table. `load.id` already published: answers so, changes
  /// nothing. Throws "Merge.NotVerified", "Fence.Stale", "Target.Locked", "Merge.ForeignKey",
  /// "Merge.Conflict".
  virtual Published merge(const LoadPlan& plan, const LoadId& load,
                          const boost::json::object& evidence) = 0;

  /// The evidence of the newest published load of the table; unset when there is none, or the table
  /// is gone.
  virtual std::optional<PublishedRecord> last_published(const TableName& name) = 0;
  /// The tables that loads have come to, whether or not they are there; none in a database that
  /// orch never wrote to.
  virtual std::vector<TableName> tables_with_books() = 0;
  virtual TableBooks books(const TableName& name) = 0;
  /// Removes the staged load and the abandoned staging tables of `books`. False: somebody is at the
  /// table, or it has other books by now, and nothing was removed.
  virtual bool remove_staged(const TableBooks& books) = 0;
  /// The rows of the published table; unset when it is gone.
  virtual std::optional<std::int64_t> count_rows(const TableName& name) = 0;
  /// The ledger of the table's files: of each name the version that was loaded last, in the order
  /// of names. Throws TaskFailed "Connection.Unsupported" where a target keeps none.
  virtual std::vector<LoadedFile> loaded_files(const TableName& name);
  /// Reads published rows (all, or a watermark's range on the target's column).
  virtual Digest published_digest(const LoadPlan& plan, const std::optional<WatermarkRange>& range,
                                  const std::function<bool()>& stop) = 0;
  /// Largest value of a column of the published table, as text; unset for no rows or no table.
  virtual std::optional<std::string> high_watermark(const TableName& table,
                                                    const std::string& column) = 0;
};

}  // namespace orch::data
