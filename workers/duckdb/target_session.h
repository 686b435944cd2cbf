// Sessions of targets over DuckDB, as publishing uses them.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include "workers/data/turn.h"
#include "workers/duckdb/open_file.h"
#include "workers/publishing/session.h"

namespace orch::duckdb {

/// Where a target lives and how it is spoken of.
struct TargetFile {
  std::filesystem::path path;
  std::string display;
  std::chrono::milliseconds patience;                 ///< for other processes
  std::function<bool()> stop = [] { return false; };  ///< true ends what takes long, with Cancelled

  data::Place place(std::string doing) const { return {"Target", display, std::move(doing)}; }
};

/// What statements over a connection have in common, whatever is behind its tables.
class StatementSession : public publishing::Session {
 public:
  const publishing::Dialect& dialect() const override;
  publishing::Rows rows(const std::string& sql, const publishing::Params& params) override;
  std::int64_t execute(const std::string& sql, const publishing::Params& params) override;
  void reading(const std::function<void()>& work) override;
  bool has_bookkeeping() override;
  data::Digest digest(const data::LoadPlan& plan, const std::string& sql,
                      const std::function<bool()>& stopped) override;
  std::vector<publishing::Link> links() override { return {}; }
  void after_rows(const data::LoadPlan&, const publishing::TableFacts&, bool) override {}

 protected:
  virtual Connection& connection() = 0;
  /// What ends statements that run long; may be empty.
  virtual const std::function<bool()>& stop() const = 0;
  /// The largest value of a column of `rows` (SQL), as text.
  std::optional<std::string> largest(const std::string& rows, const std::string& column);
};

/// Makes the schema `orch` and its tables where they are not there. In a transaction.
void prepare_bookkeeping(Connection& connection);

/// A session over a database file.
class TargetSession final : public StatementSession {
 public:
  /// Writes: a connection from begin() to the end of the transaction, in its turn.
  explicit TargetSession(TargetFile file) : file_(std::move(file)) {}
  /// Over `connection`, which stays the caller's and may be in a transaction.
  TargetSession(TargetFile file, Connection& connection)
      : file_(std::move(file)), given_(&connection) {}

  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  std::optional<publishing::TableFacts> facts(const data::TableName& table) override;
  std::optional<std::string> high_watermark(const data::TableName& table,
                                            const std::string& column) override;
  data::LoadPlan plan(const data::PlanRequest& request) override;
  void create_table(const data::LoadPlan& plan) override;
  void drop_staging(const data::TableName& staging) override;
  std::chrono::milliseconds patience() const override { return file_.patience; }

  /// Of the transaction.
  Connection& connection() override;

 private:
  const std::function<bool()>& stop() const override { return file_.stop; }

  /// What a transaction holds, in the order in which it is taken.
  struct Held {
    explicit Held(const TargetFile& of)
        : turn(of.path, of.stop),
          file(of.path, FileUse::write, {of.patience, of.stop}),
          connection(file.connect()) {}
    data::Turn turn;
    OpenFile file;
    Connection connection;
  };

  TargetFile file_;
  Connection* given_ = nullptr;
  std::unique_ptr<Held> held_;
};

}  // namespace orch::duckdb
