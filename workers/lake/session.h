// Sessions of a zone, as publishing uses them: SQL over views of the tables' files, and publishing
// by the tables' logs.
#pragma once

#include <memory>
#include <optional>

#include "workers/duckdb/target_session.h"
#include "workers/lake/books.h"
#include "workers/lake/parquet_files.h"

namespace orch::lake {

/// A connection to a database in memory that sees the zone's files and no others.
duckdb::Connection connect(const Zone& zone, int threads = 2);

class LakeSession final : public duckdb::StatementSession {
 public:
  /// `also`: what ends a wait beside the zone's stop.
  explicit LakeSession(Zone zone, std::function<bool()> also = {});
  LakeSession(const LakeSession&) = delete;
  LakeSession& operator=(const LakeSession&) = delete;
  ~LakeSession() override;

  const publishing::Dialect& dialect() const override;
  void claim(const data::TableName& table, const data::LoadId& load) override;
  void open_books(const data::TableName& table) override;
  /// Of the table that was claimed.
  void begin() override;
  /// What was to be published is published by one file of the log, whose name nobody may have taken
  /// before: throws data::DatabaseError (locked) when somebody has.
  void commit() override;
  void rollback() noexcept override;
  std::optional<publishing::TableFacts> facts(const data::TableName& table) override;
  std::optional<std::string> high_watermark(const data::TableName& table,
                                            const std::string& column) override;
  data::LoadPlan plan(const data::PlanRequest& request) override;
  void create_table(const data::LoadPlan& plan) override;
  void drop_staging(const data::TableName&) override {}
  std::vector<data::TableName> tables_with_books() override;
  std::vector<data::TableName> staging_tables(const data::TableName&) override { return {}; }
  void discard_staged(const data::TableName& staging) override;
  const publishing::RowStrategy* strategy(data::Strategy strategy) override;
  std::chrono::milliseconds patience() const override { return zone_.patience; }
  /// Somebody else's commit: the same is done once more, on top of it.
  bool retries_locks() const override { return true; }

  /// By what a table is partitioned, or will be.
  std::vector<std::string> partition_of(const data::LoadPlan& plan);
  /// The files that the load commit() is for has staged.
  void stage(StagedFiles files);
  /// Removes, in the transaction, files that no version within the retention and no staged load
  /// has.
  void remove_leftovers();

  const StagedFiles& staged() const { return staged_; }
  const delta::Snapshot& snapshot() const { return snapshot_; }
  /// A SELECT of the table's rows with `filename`, the file of each.
  std::string rows_with_files() const;
  /// A SELECT of the rows of these files of the table.
  std::string rows_of(const std::vector<delta::AddedFile>& files) const;
  /// The table's file that `filename` means.
  const delta::AddedFile& file_named(const std::string& filename) const;
  /// Writes rows of the table (SQL after FROM) into new files, which go with the transaction unless
  /// it commits.
  std::vector<delta::AddedFile> write_files(const std::string& from);
  /// What the table's next version has instead of `removed`; the table's rows are those from now
  /// on.
  void exchange_files(const std::vector<delta::AddedFile>& added,
                      const std::vector<delta::AddedFile>& removed);

 private:
  duckdb::Connection& connection() override { return connection_; }
  const std::function<bool()>& stop() const override { return stop_; }
  void read(const data::TableName& table);
  void show_rows();
  std::vector<boost::json::object> actions(const boost::json::object& evidence) const;
  void publish(const boost::json::object& evidence);
  void write_checkpoint() noexcept;

  Zone zone_;
  std::function<bool()> stop_;
  duckdb::Connection connection_;
  data::TableName table_;
  std::string load_;  ///< its id
  std::string run_;
  std::unique_ptr<TableLock> lock_;
  delta::Snapshot snapshot_;
  StagedFiles staged_;
  std::vector<delta::AddedFile> added_;
  std::vector<delta::AddedFile> removed_;
  bool created_ = false;  ///< the table is made with the next commit
  std::vector<ParquetFiles> written_;
  std::unique_ptr<publishing::RowStrategy> strategy_;
};

}  // namespace orch::lake
