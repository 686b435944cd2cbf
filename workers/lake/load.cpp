#include "workers/lake/load.h"

#include <atomic>
#include <mutex>
#include <optional>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "workers/duckdb/cells.h"
#include "workers/duckdb/column_type.h"
#include "workers/duckdb/planning.h"
#include "workers/lake/failures.h"
#include "workers/lake/planning.h"
#include "workers/lake/session.h"
#include "workers/publishing/bookkeeping.h"

namespace orch::lake {
namespace {

const data::TableName rows_table{"", "orch_rows"};

/// Rows that wait in memory until they are worth a file.
class PartWriter final : public data::RowWriter {
 public:
  PartWriter(const Zone& zone, const data::LoadPlan& plan, ParquetFiles files,
             std::function<void()> begin)
      : place_(zone.place("staging table " + plan.request.target.name)),
        file_bytes_(zone.file_bytes),
        begin_(std::move(begin)),
        layout_(plan.columns),
        files_(std::move(files)),
        connection_(duckdb::guarded(place_, [&] { return connect(zone, 1); })) {
    guarded([&] { connection_.exec(duckdb::create_table_sql(plan, rows_table, false)); });
  }
  PartWriter(const PartWriter&) = delete;
  PartWriter& operator=(const PartWriter&) = delete;
  ~PartWriter() override { appender_.reset(); }

  void write(std::string_view rows) override {
    begin_();
    guarded([&] {
      if (!appender_) appender_.emplace(connection_, "main", rows_table.name);
      bytes_ += static_cast<std::int64_t>(rows.size());
      while (!rows.empty()) rows = layout_.add(rows, *appender_);
      if (bytes_ >= file_bytes_) write_file();
    });
  }

  void finish() override {
    guarded([&] {
      if (appender_) write_file();
    });
  }

  const std::vector<delta::AddedFile>& files() const { return files_.files(); }
  void remove() noexcept { files_.remove(); }

 private:
  template <class Work>
  void guarded(Work&& work) {
    try {
      in_zone(std::forward<Work>(work));
    } catch (const data::DatabaseError& error) {
      throw data::failure(place_, error);
    }
  }

  void write_file() {
    appender_->finish();
    appender_.reset();
    const auto table = dialect().qualified(rows_table);
    files_.write(connection_, table);
    connection_.exec("TRUNCATE " + table);
    bytes_ = 0;
  }

  data::Place place_;
  std::int64_t file_bytes_;
  std::function<void()> begin_;
  duckdb::RowLayout layout_;
  ParquetFiles files_;
  duckdb::Connection connection_;
  std::optional<duckdb::Appender> appender_;
  std::int64_t bytes_ = 0;  ///< of the rows that wait
};

class StagingLoad final : public data::Load {
 public:
  StagingLoad(const Zone& zone, data::LoadPlan plan, data::LoadId load)
      : zone_(zone),
        plan_(std::move(plan)),
        load_(std::move(load)),
        session_(zone, [this] { return given_up_.load(); }) {
    const auto prefix = file_prefix(load_.run, load_.id);
    const auto partition = session_.partition_of(plan_);
    for (int i = 0; i < std::max(plan_.request.parts, 1); ++i)
      parts_.push_back(std::make_unique<PartWriter>(
          zone_, plan_,
          ParquetFiles(zone_.table(plan_.request.target.name), fields_of(plan_), partition,
                       fmt::format("{}-p{:03}", prefix, i + 1)),
          [this] { begin(); }));
  }
  StagingLoad(const StagingLoad&) = delete;
  StagingLoad& operator=(const StagingLoad&) = delete;
  ~StagingLoad() override {
    if (committed_) return;
    for (auto& part : parts_) part->remove();
  }

  int parts() const override { return static_cast<int>(parts_.size()); }
  data::RowWriter& part(int index) override { return *parts_[static_cast<std::size_t>(index)]; }
  void give_up() noexcept override { given_up_ = true; }

  void commit(const data::Digest& digest, const boost::json::object& position) override {
    begin();
    reported([&] {
      StagedFiles staged{fields_of(plan_), {}};
      for (const auto& part : parts_)
        staged.files.insert(staged.files.end(), part->files().begin(), part->files().end());
      publishing::write_load(session_, plan_.request.target,
                             {load_, digest, false, position, plan_.fingerprint}, parts());
      session_.stage(std::move(staged));
      fault::point("stage.before_commit");
      session_.commit();
      committed_ = true;
      fault::point("stage.after_commit");
    });
  }

 private:
  template <class Work>
  void reported(Work&& work) {
    try {
      work();
    } catch (const data::DatabaseError& error) {
      throw data::failure(zone_.place("staging table " + plan_.request.target.name), error);
    }
  }

  /// By the first part that has rows. What was staged before is gone with its files.
  void begin() {
    const std::scoped_lock lock(mutex_);
    if (begun_) return;
    try {
      reported([&] {
        session_.claim(plan_.request.target, load_);
        session_.begin();
        publishing::hold_fence(session_, plan_.request.target, load_);
        session_.remove_leftovers();
      });
    } catch (...) {
      session_.rollback();  // the other parts must not wait for this one
      throw;
    }
    begun_ = true;
  }

  Zone zone_;
  data::LoadPlan plan_;
  data::LoadId load_;
  std::atomic<bool> given_up_ = false;
  std::mutex mutex_;
  bool begun_ = false;
  bool committed_ = false;
  LakeSession session_;
  std::vector<std::unique_ptr<PartWriter>> parts_;
};

}  // namespace

std::unique_ptr<data::Load> begin_staging(const Zone& zone, const data::LoadPlan& plan,
                                          const data::LoadId& load) {
  return std::make_unique<StagingLoad>(zone, plan, load);
}

}  // namespace orch::lake
