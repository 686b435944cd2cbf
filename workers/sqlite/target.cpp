#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "workers/publishing/bookkeeping.h"
#include "workers/publishing/database_target.h"
#include "workers/sqlite/describe.h"
#include "workers/sqlite/dialect.h"
#include "workers/sqlite/encoder.h"
#include "workers/sqlite/load.h"
#include "workers/sqlite/planning.h"
#include "workers/sqlite/range.h"
#include "workers/sqlite/sqlite.h"
#include "workers/sqlite/target_session.h"
#include "workers/sqlite/write_transaction.h"

namespace orch::sqlite {
namespace {

class SqliteTarget final : public publishing::DatabaseTarget {
 public:
  explicit SqliteTarget(TargetFile file) : file_(std::move(file)), db_(open_reader()) {}

  std::string engine() const override { return engine_name; }

  std::optional<data::Table> describe(const data::TableName& name) override {
    auto found = look_at(name.name);
    if (!found) return std::nullopt;
    return std::move(found->table);
  }

  data::LoadPlan plan(const data::PlanRequest& request) override {
    return make_plan(request, look_at(request.target.name));
  }

  std::unique_ptr<data::RowEncoder> encoder(const data::LoadPlan& plan) override {
    return make_encoder(rules_of(plan, strict(plan)));
  }

  std::unique_ptr<data::Load> begin_load(const data::LoadPlan& plan,
                                         const data::LoadId& load) override {
    const auto& table = plan.request.target;
    guarded(file_.place("staging table " + table.name), [&] {
      if (reader().has_bookkeeping()) publishing::check_fence(reader(), table, load);
    });
    return begin_staging(file_, plan, load, strict(plan));
  }

  /// Reads the plan's columns of a table in one statement, which sees one state of it.
  data::Digest published_digest(const data::LoadPlan& plan,
                                const std::optional<data::WatermarkRange>& range,
                                const std::function<bool()>& stop) override {
    return guarded(file_.place("reading table " + plan.request.target.name), [&] {
      const data::Relation from{plan.request.target, ""};
      const auto filter = condition(db(), from, plan.columns, "", range);
      Statement rows(db(), fmt::format("SELECT {} FROM {}{}", list(dialect(), plan.columns),
                                       from_clause(from), filter.sql));
      filter.bind(rows);
      return digest_of(db(), rows, stop);
    });
  }

 private:
  publishing::Session& reader() override { return reader_.emplace(file_, db()); }
  std::unique_ptr<publishing::Session> writer() override {
    return std::make_unique<TargetSession>(file_);
  }
  data::Place place(std::string doing) const override { return file_.place(std::move(doing)); }

  /// A file that is not there yet is an empty database: looking at it must not create it.
  Database open_reader() {
    there_ = std::filesystem::exists(file_.path) ||
             !std::filesystem::is_directory(std::filesystem::absolute(file_.path).parent_path());
    if (!there_) return Database(":memory:", Access::read_write);
    return guarded(file_.place("opening the database"), [&] {
      auto db = open_writer(file_);
      if (has_bookkeeping(db)) prepare_bookkeeping(db, file_.display);
      return db;
    });
  }

  Database& db() {
    if (!there_ && std::filesystem::exists(file_.path)) db_ = open_reader();
    return db_;
  }

  std::optional<Described> look_at(const std::string& table) {
    return guarded(file_.place("describing table " + table),
                   [&] { return describe_table(db(), table); });
  }

  bool strict(const data::LoadPlan& plan) {
    const auto found = look_at(plan.request.target.name);
    return found && found->strict;
  }

  TargetFile file_;
  bool there_ = false;
  Database db_;  // for reading
  std::optional<TargetSession> reader_;
};

}  // namespace

Database open_writer(const TargetFile& file) {
  Database db(file.path);
  db.set_busy_timeout(file.patience);
  // Debian builds SQLite with secure_delete on, which would write the pages of every dropped
  // staging table once more.
  db.exec(
      "PRAGMA foreign_keys=OFF; PRAGMA secure_delete=FAST; PRAGMA cache_size=-32768; "
      "PRAGMA journal_size_limit=67108864");
  return db;
}

bool has_moved(Database& db) {
  int moved = 0;
  const auto result = sqlite3_file_control(db.handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return result != SQLITE_OK || moved != 0;
}

std::unique_ptr<data::Target> open_target(const std::filesystem::path& path, std::string display,
                                          std::chrono::milliseconds patience,
                                          std::function<bool()> stop) {
  TargetFile file{path, std::move(display), patience};
  if (stop) file.stop = std::move(stop);
  return std::make_unique<SqliteTarget>(std::move(file));
}

}  // namespace orch::sqlite
