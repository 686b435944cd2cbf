// A session of a target, as publishing uses it.
#pragma once

#include <optional>

#include "workers/publishing/session.h"
#include "workers/sqlite/write_transaction.h"

namespace orch::sqlite {

/// The digest of all rows of a statement, in the row encoding of cells.h.
data::Digest digest_of(Database& db, Statement& rows, const std::function<bool()>& stop);

class TargetSession final : public publishing::Session {
 public:
  /// Writes to `file`: a connection from begin() to the end of the transaction.
  explicit TargetSession(TargetFile file) : file_(std::move(file)) {}
  /// Over `db`, which stays the caller's and may be in a transaction.
  TargetSession(TargetFile file, Database& db) : file_(std::move(file)), db_(&db) {}

  const publishing::Dialect& dialect() const override;
  publishing::Rows rows(const std::string& sql, const publishing::Params& params) override;
  std::int64_t execute(const std::string& sql, const publishing::Params& params) override;
  void begin() override;
  void commit() override;
  void rollback() noexcept override { transaction_.reset(); }
  void reading(const std::function<void()>& work) override;
  bool has_bookkeeping() override;
  std::optional<publishing::TableFacts> facts(const data::TableName& table) override;
  data::Digest digest(const data::LoadPlan& plan, const std::string& sql,
                      const std::function<bool()>& stop) override;
  std::optional<std::string> high_watermark(const data::TableName& table,
                                            const std::string& column) override;
  std::vector<publishing::Link> links() override;
  data::LoadPlan plan(const data::PlanRequest& request) override;
  void create_table(const data::LoadPlan& plan) override;
  /// Foreign keys are checked as a whole here instead of row by row, so that no ON DELETE action
  /// reaches other tables.
  void after_rows(const data::LoadPlan& plan, const publishing::TableFacts& target,
                  bool removed) override;
  void drop_staging(const data::TableName& staging) override;
  std::chrono::milliseconds patience() const override { return file_.patience; }

 private:
  Database& db();

  TargetFile file_;
  Database* db_ = nullptr;
  std::optional<WriteTransaction> transaction_;
};

}  // namespace orch::sqlite
