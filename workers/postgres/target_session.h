// A session of a target, as publishing uses it.
#pragma once

#include <optional>

#include "orchestrator/db/pg.h"
#include "workers/postgres/kept_session.h"
#include "workers/postgres/postgres.h"
#include "workers/postgres/swap.h"
#include "workers/publishing/bookkeeping.h"
#include "workers/publishing/session.h"

namespace orch::postgres {

class TargetSession final : public publishing::Session {
 public:
  /// Over a session of its own, which carries the mark of a claim no longer than this object lives.
  explicit TargetSession(const Settings& settings);
  /// Over `session`, which stays the caller's.
  TargetSession(const Settings& settings, KeptSession& session);

  const publishing::Dialect& dialect() const override;
  publishing::Rows rows(const std::string& sql, const publishing::Params& params) override;
  std::int64_t execute(const std::string& sql, const publishing::Params& params) override;
  void begin() override;
  void commit() override;
  void commit_with(const std::string& sql) override;
  void rollback() noexcept override { transaction_.reset(); }
  void claim(const data::TableName& table, const data::LoadId& load) override;
  boost::json::object lock_holder(const data::TableName& table) override;
  void reading(const std::function<void()>& work) override;
  void ready_bookkeeping() override;
  bool has_bookkeeping() override;
  std::string latest_run(const data::TableName& table) override;
  std::vector<data::TableName> staging_tables(const data::TableName& table) override;
  std::optional<publishing::TableFacts> facts(const data::TableName& table) override;
  std::optional<std::string> rows_of(const data::TableName& table) override;
  data::Digest digest(const data::LoadPlan& plan, const std::string& sql,
                      const std::function<bool()>& stop) override;
  std::optional<std::string> high_watermark(const data::TableName& table,
                                            const std::string& column) override;
  std::vector<publishing::Link> links() override;
  data::LoadPlan plan(const data::PlanRequest& request) override;
  void create_table(const data::LoadPlan& plan) override;
  void after_rows(const data::LoadPlan& plan, const publishing::TableFacts& target,
                  bool removed) override;
  /// Left to clear_up(): who looks at it, like pg_dump, would keep the publish waiting.
  void drop_staging(const data::TableName&) override {}
  void clear_up(const data::TableName& table, const data::LoadId& load) override;
  publishing::Swap* swap() override { return &swap_; }
  std::chrono::milliseconds patience() const override { return patience_; }
  bool retries_locks() const override { return true; }
  void pause(std::chrono::milliseconds time) override;

 private:
  /// False when another load holds the fence for longer than `wait`.
  bool claim_once(const data::TableName& table, const data::LoadId& load,
                  std::chrono::milliseconds wait);
  /// Which session of the server is at the load, for its fence row; none where a pooler lends
  /// sessions, for it may be another client's when it is to be ended.
  publishing::FenceHolder holder() const;
  pg::Result run(const std::string& sql, const publishing::Params& params);
  /// classified(), for what asks the bookkeeping: without it, what the session knew is forgotten.
  template <class Work>
  auto asking(const Work& work);

  std::optional<KeptSession> own_;
  KeptSession& session_;
  pg::Connection& connection_;
  std::string display_;
  std::chrono::milliseconds patience_;  ///< 0: no end
  PartitionSwap swap_;
  std::optional<pg::Transaction> transaction_;
};

}  // namespace orch::postgres
