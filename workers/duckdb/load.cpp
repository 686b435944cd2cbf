#include "workers/duckdb/load.h"

#include <atomic>
#include <optional>
#include <utility>

#include "orchestrator/base/fault.h"
#include "workers/duckdb/cells.h"
#include "workers/duckdb/dialect.h"
#include "workers/duckdb/failures.h"
#include "workers/duckdb/planning.h"
#include "workers/publishing/bookkeeping.h"

namespace orch::duckdb {
namespace {

class StagingLoad final : public data::Load, private data::RowWriter {
 public:
  StagingLoad(const TargetFile& file, data::LoadPlan plan, data::LoadId load)
      : file_(file),
        plan_(std::move(plan)),
        load_(std::move(load)),
        layout_(plan_.columns),
        session_(waiting(file)) {}
  StagingLoad(const StagingLoad&) = delete;
  StagingLoad& operator=(const StagingLoad&) = delete;
  ~StagingLoad() override {
    appender_.reset();
    session_.rollback();
  }

  int parts() const override { return 1; }
  data::RowWriter& part(int) override { return *this; }
  void give_up() noexcept override { given_up_ = true; }

  void write(std::string_view rows) override {
    guarded(place(), [&] {
      begin();
      while (!rows.empty()) rows = layout_.add(rows, *appender_);
    });
  }

  void finish() override {}

  void commit(const data::Digest& digest, const boost::json::object& position) override {
    guarded(place(), [&] {
      begin();
      appender_->finish();
      appender_.reset();
      publishing::write_load(session_, plan_.request.target,
                             {load_, digest, false, position, plan_.fingerprint}, 1);
      fault::point("stage.before_commit");
      session_.commit();
      fault::point("stage.after_commit");
    });
  }

 private:
  data::Place place() const {
    return file_.place("staging table " + plan_.request.target.display());
  }

  TargetFile waiting(TargetFile file) const {
    file.stop = [this, stop = file.stop] { return given_up_ || (stop && stop()); };
    return file;
  }

  void begin() {
    if (appender_) return;
    const auto staging = dialect().staging(plan_.request.target, load_);
    session_.begin();
    publishing::hold_fence(session_, plan_.request.target, load_);
    auto& connection = session_.connection();
    connection.exec("DROP TABLE IF EXISTS " + dialect().qualified(staging));
    connection.exec(create_table_sql(plan_, staging, false));
    appender_.emplace(connection, staging.schema, staging.name);
  }

  TargetFile file_;
  data::LoadPlan plan_;
  data::LoadId load_;
  RowLayout layout_;
  std::atomic<bool> given_up_ = false;
  TargetSession session_;
  std::optional<Appender> appender_;  // ends before the session
};

}  // namespace

std::unique_ptr<data::Load> begin_staging(const TargetFile& file, const data::LoadPlan& plan,
                                          const data::LoadId& load) {
  return std::make_unique<StagingLoad>(file, plan, load);
}

}  // namespace orch::duckdb
