#include "workers/sqlite/load.h"

#include <atomic>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "workers/publishing/bookkeeping.h"
#include "workers/sqlite/cells.h"
#include "workers/sqlite/describe.h"
#include "workers/sqlite/names.h"
#include "workers/sqlite/planning.h"
#include "workers/sqlite/target_session.h"

namespace orch::sqlite {
namespace {

class StagingLoad final : public data::Load, private data::RowWriter {
 public:
  StagingLoad(TargetFile file, data::LoadPlan plan, data::LoadId load, bool strict)
      : file_(std::move(file)), plan_(std::move(plan)), load_(std::move(load)), strict_(strict) {}

  int parts() const override { return 1; }
  data::RowWriter& part(int) override { return *this; }

  void write(std::string_view rows) override {
    const auto columns = static_cast<int>(plan_.columns.size());
    guarded(place(), [&] {
      begin();
      while (!rows.empty()) {
        rows = bind_row(rows, *insert_, columns);
        insert_->run();
        insert_->reset();
      }
    });
  }

  void finish() override {}

  void give_up() noexcept override { given_up_ = true; }

  void commit(const data::Digest& digest, const boost::json::object& position) override {
    guarded(place(), [&] {
      begin();
      insert_.reset();
      TargetSession session(file_, transaction_->db());
      publishing::write_load(session, plan_.request.target,
                             {load_, digest, false, position, plan_.fingerprint}, 1);
      fault::point("stage.before_commit");
      transaction_->commit();
      fault::point("stage.after_commit");
      transaction_.reset();
    });
  }

 private:
  Place place() const { return file_.place("staging table " + plan_.request.target.name); }

  void begin() {
    if (transaction_) return;
    auto& db = transaction_.emplace(file_, [this] { return given_up_.load(); }).db();
    TargetSession session(file_, db);
    publishing::hold_fence(session, plan_.request.target, load_);
    const auto staging = "main." + quote(staging_name(plan_.request.target.name));
    db.exec("DROP TABLE IF EXISTS " + staging);
    db.exec(create_staging_sql(plan_, strict_, collations(db)));
    std::string parameters = "?1";
    for (std::size_t i = 2; i <= plan_.columns.size(); ++i) parameters += fmt::format(",?{}", i);
    insert_.emplace(db, fmt::format("INSERT INTO {} VALUES ({})", staging, parameters));
  }

  /// Of the target's columns, so that keys compare in the staging table as they do in the target.
  std::vector<std::string> collations(Database& db) const {
    std::vector<std::string> names;
    for (const auto& column : plan_.columns)
      names.push_back(collation_of(db, plan_.request.target.name, column.name));
    return names;
  }

  TargetFile file_;
  data::LoadPlan plan_;
  data::LoadId load_;
  bool strict_;
  std::atomic<bool> given_up_ = false;
  std::optional<WriteTransaction> transaction_;
  std::optional<Statement> insert_;  // destroyed before the connection
};

}  // namespace

std::unique_ptr<data::Load> begin_staging(const TargetFile& file, const data::LoadPlan& plan,
                                          const data::LoadId& load, bool strict) {
  return std::make_unique<StagingLoad>(file, plan, load, strict);
}

}  // namespace orch::sqlite
