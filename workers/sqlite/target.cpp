#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "workers/sqlite/bookkeeping.h"
#include "workers/sqlite/cells.h"
#include "workers/sqlite/checks.h"
#include "workers/sqlite/describe.h"
#include "workers/sqlite/encoder.h"
#include "workers/sqlite/load.h"
#include "workers/sqlite/names.h"
#include "workers/sqlite/planning.h"
#include "workers/sqlite/publish.h"
#include "workers/sqlite/range.h"
#include "workers/sqlite/sqlite.h"
#include "workers/sqlite/write_transaction.h"

namespace orch::sqlite {
namespace {

class SqliteTarget final : public data::Target {
 public:
  explicit SqliteTarget(TargetFile file)
      : file_(std::move(file)),
        db_(guarded(file_.place("opening the database"), [&] { return open_reader(); })) {}

  std::string engine() const override { return "sqlite"; }

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
      if (has_bookkeeping(db())) check_fence(db(), table, load);
    });
    return begin_staging(file_, plan, load, strict(plan));
  }

  std::optional<data::LoadRecord> staged(const data::TableName& name) override {
    return guarded(file_.place("reading orch_load"), [&] { return read_load(db(), name); });
  }

  data::Digest staged_digest(const data::LoadPlan& plan,
                             const std::function<bool()>& stop) override {
    return digest(plan, {{"", staging_name(plan.request.target.name)}, ""}, std::nullopt, stop);
  }

  std::vector<data::CheckResult> check(const data::LoadPlan& plan,
                                       const std::vector<data::Check>& checks) override {
    return guarded(file_.place("checking table " + plan.request.target.name),
                   [&] { return run_checks(db(), plan, checks); });
  }

  void mark_verified(const data::LoadPlan& plan, const data::LoadId& load) override;

  data::Published merge(const data::LoadPlan& plan, const data::LoadId& load,
                        const boost::json::object& evidence) override {
    return publish(file_, plan, load, evidence);
  }

  std::optional<data::PublishedRecord> last_published(const data::TableName& name) override {
    if (!look_at(name.name)) return std::nullopt;
    return guarded(file_.place("reading orch_evidence"),
                   [&] { return newest_evidence(db(), name); });
  }

  data::Digest published_digest(const data::LoadPlan& plan,
                                const std::optional<data::WatermarkRange>& range,
                                const std::function<bool()>& stop) override {
    return digest(plan, {plan.request.target, ""}, range, stop);
  }

  std::optional<std::string> high_watermark(const data::TableName& table,
                                            const std::string& column) override {
    const auto found = look_at(table.name);
    if (!found) return std::nullopt;
    return guarded(file_.place("reading table " + table.name), [&] {
      return largest(db(), {found->table.name, ""}, column, "");
    });
  }

 private:
  /// A file that is not there yet is an empty database: looking at it must not create it.
  Database open_reader() {
    there_ = std::filesystem::exists(file_.path) ||
             !std::filesystem::is_directory(std::filesystem::absolute(file_.path).parent_path());
    return there_ ? open_writer(file_) : Database(":memory:", Access::read_write);
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

  /// Reads the plan's columns of a table in one statement, which sees one state of it.
  data::Digest digest(const data::LoadPlan& plan, const data::Relation& from,
                      const std::optional<data::WatermarkRange>& range,
                      const std::function<bool()>& stop) {
    return guarded(file_.place("reading table " + from.table.name), [&] {
      const auto filter = condition(db(), from, plan.columns, "", range);
      Statement rows(db(), fmt::format("SELECT {} FROM {}{}", column_list(plan), from_clause(from),
                                       filter.sql));
      filter.bind(rows);
      const StopWatch watch(db(), stop);
      data::Digest sum;
      std::string row;
      while (rows.step()) {
        row.clear();
        append_row(row, rows, rows.columns());
        sum.add(row);
      }
      return sum;
    });
  }

  TargetFile file_;
  bool there_ = false;
  Database db_;  // for reading
};

void SqliteTarget::mark_verified(const data::LoadPlan& plan, const data::LoadId& load) {
  const auto& table = plan.request.target;
  guarded(file_.place("marking the load of " + table.name), [&] {
    WriteTransaction transaction(file_);
    auto& db = transaction.db();
    hold_fence(db, table, load);
    const auto staged = read_load(db, table);
    if (!staged || staged->load.id != load.id)
      throw workers::TaskFailed(
          "Load.Superseded",
          fmt::format("{}: found {}, expected load {}", table.name,
                      staged ? "load " + staged->load.id : "no staged load", load.id),
          "another run staged the same table; stage it again", "ORCH-0507", {{"load", load.id}});
    set_verified(db, table);
    fault::point("verify.before_commit");
    transaction.commit();
    fault::point("verify.after_commit");
  });
}

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

std::unique_ptr<data::Target> open_target(const std::filesystem::path& path, std::string display,
                                          std::chrono::milliseconds patience) {
  return std::make_unique<SqliteTarget>(TargetFile{path, std::move(display), patience});
}

}  // namespace orch::sqlite
