#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "workers/duckdb/cells.h"
#include "workers/duckdb/dialect.h"
#include "workers/duckdb/duckdb.h"
#include "workers/duckdb/encoder.h"
#include "workers/duckdb/failures.h"
#include "workers/duckdb/load.h"
#include "workers/duckdb/planning.h"
#include "workers/duckdb/watermark.h"
#include "workers/publishing/bookkeeping.h"
#include "workers/publishing/database_target.h"

namespace orch::duckdb {
namespace {

namespace fs = std::filesystem;

class DuckdbTarget final : public publishing::DatabaseTarget {
 public:
  explicit DuckdbTarget(TargetFile file) : file_(std::move(file)) {
    guarded(file_.place("opening the database"), [&] {
      std::error_code error;
      const auto folder = fs::absolute(file_.path).parent_path();
      if (!fs::exists(file_.path, error) && !fs::is_directory(folder, error))
        throw Error("Cannot open file: there is no folder " + folder.string(), Error::Type::io);
      connection();
    });
  }

  std::string engine() const override { return "duckdb"; }

  std::optional<data::Table> describe(const data::TableName& name) override {
    auto found = look_at(name);
    if (!found) return std::nullopt;
    return std::move(found->facts.table);
  }

  data::LoadPlan plan(const data::PlanRequest& request) override {
    return make_plan(request, look_at(request.target));
  }

  std::unique_ptr<data::RowEncoder> encoder(const data::LoadPlan& plan) override {
    return make_encoder(plan, {});
  }

  std::unique_ptr<data::Load> begin_load(const data::LoadPlan& plan,
                                         const data::LoadId& load) override {
    const auto& table = plan.request.target;
    reported("staging table " + table.display(), table, [&] {
      if (reader().has_bookkeeping()) publishing::check_fence(reader(), table, load);
    });
    return begin_staging(file_, plan, load);
  }

  data::Digest published_digest(const data::LoadPlan& plan,
                                const std::optional<data::WatermarkRange>& range,
                                const std::function<bool()>& stop) override {
    const auto& table = plan.request.target;
    return reported("reading table " + table.display(), table, [&] {
      const auto where = range ? watermark_condition({table, plan.columns, {}, {}}, *range) : "";
      return reader().digest(
          plan,
          fmt::format("SELECT {} FROM {}{}", publishing::list(dialect(), plan.columns),
                      dialect().qualified(table), where.empty() ? "" : " WHERE " + where),
          stop);
    });
  }

 private:
  publishing::Session& reader() override { return reader_.emplace(file_, connection()); }
  std::unique_ptr<publishing::Session> writer() override {
    return std::make_unique<TargetSession>(file_);
  }
  data::Place place(std::string doing) const override { return file_.place(std::move(doing)); }

  /// A file that is not there yet is an empty database: looking at it must not create it.
  Connection& connection() {
    std::error_code error;
    if (!open_ && fs::exists(file_.path, error)) {
      connection_.reset();
      open_.emplace(file_.path, FileUse::write, Waiting{file_.patience, file_.stop});
      connection_.emplace(open_->connect());
    }
    if (!connection_) connection_.emplace(Opening{});
    return *connection_;
  }

  std::optional<Described> look_at(const data::TableName& table) {
    return guarded(file_.place("describing table " + table.display()),
                   [&] { return look_at_table(connection(), table); });
  }

  TargetFile file_;
  std::optional<OpenFile> open_;
  std::optional<Connection> connection_;  // for reading
  std::optional<TargetSession> reader_;
};

}  // namespace

std::unique_ptr<data::Target> open_target(const fs::path& path, std::string display,
                                          std::chrono::milliseconds patience,
                                          std::function<bool()> stop) {
  TargetFile file{path, std::move(display), patience};
  if (stop) file.stop = std::move(stop);
  return std::make_unique<DuckdbTarget>(std::move(file));
}

}  // namespace orch::duckdb
