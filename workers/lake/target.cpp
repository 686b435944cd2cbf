#include <fmt/format.h>

#include "workers/duckdb/encoder.h"
#include "workers/duckdb/watermark.h"
#include "workers/lake/lake.h"
#include "workers/lake/load.h"
#include "workers/lake/planning.h"
#include "workers/lake/session.h"
#include "workers/publishing/bookkeeping.h"
#include "workers/publishing/database_target.h"

namespace orch::lake {
namespace {

class LakeTarget final : public publishing::DatabaseTarget {
 public:
  explicit LakeTarget(Zone zone) : zone_(std::move(zone)), reader_(zone_) {}

  std::string engine() const override { return "parquet"; }

  std::optional<data::Table> describe(const data::TableName& name) override {
    return reported("describing table " + name.display(), name,
                    [&]() -> std::optional<data::Table> {
                      if (!dialect().table_problem(name).empty()) return std::nullopt;
                      auto found = reader_.facts(name);
                      if (!found) return std::nullopt;
                      return std::move(found->table);
                    });
  }

  data::LoadPlan plan(const data::PlanRequest& request) override {
    const auto& table = request.target;
    return reported("planning table " + table.display(), table,
                    [&] { return reader_.plan(request); });
  }

  std::unique_ptr<data::RowEncoder> encoder(const data::LoadPlan& plan) override {
    return duckdb::make_encoder(plan, {.infinite_times = false});
  }

  std::unique_ptr<data::Load> begin_load(const data::LoadPlan& plan,
                                         const data::LoadId& load) override {
    const auto& table = plan.request.target;
    return reported("staging table " + table.name, table, [&] {
      publishing::check_fence(reader_, table, load);
      return begin_staging(zone_, plan, load);
    });
  }

  data::Digest published_digest(const data::LoadPlan& plan,
                                const std::optional<data::WatermarkRange>& range,
                                const std::function<bool()>& stop) override {
    const auto& table = plan.request.target;
    return reported("reading table " + table.name, table, [&] {
      reader_.open_books(table);
      const auto where =
          range ? duckdb::watermark_condition({table, plan.columns, {}, {}}, *range) : "";
      return reader_.digest(
          plan,
          fmt::format("SELECT {} FROM {}{}", publishing::list(dialect(), plan.columns),
                      dialect().qualified(table), where.empty() ? "" : " WHERE " + where),
          stop);
    });
  }

 private:
  publishing::Session& reader() override { return reader_; }
  std::unique_ptr<publishing::Session> writer() override {
    return std::make_unique<LakeSession>(zone_);
  }
  data::Place place(std::string doing) const override { return zone_.place(std::move(doing)); }

  Zone zone_;
  LakeSession reader_;
};

}  // namespace

std::unique_ptr<data::Target> open_target(Zone zone) {
  std::error_code error;
  const auto& folder = zone.folder;
  if (!std::filesystem::is_directory(folder, error) &&
      (std::filesystem::exists(folder, error) ||
       !std::filesystem::is_directory(folder.parent_path(), error)))
    throw workers::TaskFailed("Connection.Down", zone.display + ": there is no such folder",
                              "the connection names a folder, or one that can be made in a folder",
                              "ORCH-0443");
  return std::make_unique<LakeTarget>(std::move(zone));
}

}  // namespace orch::lake
