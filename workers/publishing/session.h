// A connection to a target's database, as publishing uses it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "workers/data/failure.h"
#include "workers/data/target.h"
#include "workers/publishing/dialect.h"
#include "workers/publishing/table_facts.h"

namespace orch::publishing {

/// Values of $1, $2, …, as text; unset is NULL.
using Params = std::vector<std::optional<std::string>>;
using Row = std::vector<std::optional<std::string>>;
using Rows = std::vector<Row>;

class RowStrategy;
class Swap;

/// One thread at a time. Every function throws data::DatabaseError for what the database reports,
/// and workers::Cancelled soon after a stop.
class Session {
 public:
  virtual ~Session() = default;
  virtual const Dialect& dialect() const = 0;

  /// Runs one statement, whose parameters $1, $2, … come in this order, and returns its rows.
  virtual Rows rows(const std::string& sql, const Params& params = {}) = 0;
  /// Runs one statement and returns how many rows it inserted, updated or deleted.
  virtual std::int64_t execute(const std::string& sql, const Params& params = {}) = 0;

  /// begin() takes the right to write; a transaction that is not committed is rolled back by
  /// rollback(), which may be called without one.
  virtual void begin() = 0;
  virtual void commit() = 0;
  /// Runs `sql` and commits, with nothing in between that waits for this process.
  virtual void commit_with(const std::string& sql) {
    execute(sql);
    commit();
  }
  virtual void rollback() noexcept = 0;
  /// Runs `work`, whose statements may read and do nothing else.
  virtual void reading(const std::function<void()>& work) = 0;
  /// Makes itself known as the writer of `table` under `load`'s fence, before a transaction that
  /// may wait or be waited for: an earlier delivery of the same run, which still holds locks, is
  /// ended, and a session of another run that no longer moves. Throws as hold_fence() does.
  virtual void claim(const data::TableName&, const data::LoadId&) {}
  /// Who holds `table`: {"pid", "user", "query", "since"}; empty where no session does, or a
  /// database does not say.
  virtual boost::json::object lock_holder(const data::TableName&) { return {}; }
  /// Brings the bookkeeping up to date, where begin() does not.
  virtual void ready_bookkeeping() {}
  /// The load, fence and evidence of `table` are about to be read or written: of a target that
  /// keeps them by table, and not in tables of its own.
  virtual void open_books(const data::TableName&) {}
  /// False in a database that orch never wrote to.
  virtual bool has_bookkeeping() = 0;
  /// The tables that loads have come to.
  virtual std::vector<data::TableName> tables_with_books();
  /// The run whose load was last at `table`; empty where a database does not keep it.
  virtual std::string latest_run(const data::TableName&) { return {}; }
  /// The staging tables of `table`, whether or not the staged load is in them.
  virtual std::vector<data::TableName> staging_tables(const data::TableName& table);

  /// The table, or nothing.
  virtual std::optional<TableFacts> facts(const data::TableName& table) = 0;
  /// What its rows are selected from, as SQL; nothing: there is no such table.
  virtual std::optional<std::string> rows_of(const data::TableName& table) {
    const auto found = facts(table);
    return found ? std::optional(found->rows) : std::nullopt;
  }
  /// Digest of the rows that `sql` (a SELECT of the plan's columns, or a statement RETURNING them)
  /// gives, in the plan's row encoding.
  virtual data::Digest digest(const data::LoadPlan& plan, const std::string& sql,
                              const std::function<bool()>& stop) = 0;
  /// The largest value of `column`, as text that a watermark takes; unset for no rows.
  virtual std::optional<std::string> high_watermark(const data::TableName& table,
                                                    const std::string& column) = 0;
  /// The foreign keys of the database, between two tables each, by the names that are stored.
  virtual std::vector<Link> links() = 0;
  /// As data::Target::plan().
  virtual data::LoadPlan plan(const data::PlanRequest& request) = 0;
  /// Creates the target of `plan` with its key.
  virtual void create_table(const data::LoadPlan& plan) = 0;
  /// What the database leaves to its clients after rows were written: foreign keys where it does
  /// not look at them, sequences. `removed`: rows may have been deleted or changed.
  virtual void after_rows(const data::LoadPlan& plan, const TableFacts& target, bool removed) = 0;

  /// Drops a staging table of no more use, within the transaction, where no other session can be
  /// looking at it.
  virtual void drop_staging(const data::TableName& staging) = 0;
  /// Drops the rows of a staged load that will not be published, within the transaction.
  virtual void discard_staged(const data::TableName& staging) { drop_staging(staging); }
  /// Drops, after the transaction of `load`, what stagings of the table have left.
  virtual void clear_up(const data::TableName&, const data::LoadId&) {}

  /// How staged rows become the table's where that is not by SQL; null: by SQL.
  virtual const RowStrategy* strategy(data::Strategy) { return nullptr; }
  /// How a whole table is exchanged at once; null where a database has no such way.
  virtual Swap* swap() { return nullptr; }
  /// How long locks of others are waited for, in tries; 0: for ever.
  virtual std::chrono::milliseconds patience() const = 0;
  /// True when a try that failed with ErrorClass::locked may succeed in another transaction.
  virtual bool retries_locks() const { return false; }
  virtual void pause(std::chrono::milliseconds) {}
};

/// `error` with what lock_holder() said, in its message and details, unless it has it.
data::DatabaseError told(const data::DatabaseError& error, const boost::json::object& holder);

/// Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(Session& session) : session_(&session) { session.begin(); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (session_) session_->rollback();
  }
  void commit() {
    session_->commit();
    session_ = nullptr;
  }
  void commit_with(const std::string& sql) {
    session_->commit_with(sql);
    session_ = nullptr;
  }

 private:
  Session* session_;
};

/// The first value of the first row, as a number.
std::int64_t number(Session& session, const std::string& sql, const Params& params = {});

}  // namespace orch::publishing
