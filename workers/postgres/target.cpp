#include <utility>

#include <fmt/format.h>

#include "orchestrator/db/pg_alive.h"
#include "workers/postgres/describe.h"
#include "workers/postgres/encoder.h"
#include "workers/postgres/failures.h"
#include "workers/postgres/load.h"
#include "workers/postgres/names.h"
#include "workers/postgres/planning.h"
#include "workers/postgres/postgres.h"
#include "workers/postgres/privileges.h"
#include "workers/postgres/read_back.h"
#include "workers/postgres/rows.h"
#include "workers/postgres/select.h"
#include "workers/postgres/session.h"
#include "workers/postgres/target_session.h"
#include "workers/publishing/database_target.h"

namespace orch::postgres {
namespace {

class PostgresTarget final : public publishing::DatabaseTarget {
  template <class Work>
  auto on(const data::TableName& table, const char* doing, const Work& work) {
    return reported(fmt::format("{} table {}", doing, table.display()), table,
                    [&] { return classified(work); });
  }

 public:
  explicit PostgresTarget(Settings settings)
      : settings_(std::move(settings)),
        session_(guarded(place("connecting"), [&] { return connect_to_all_rows(settings_); })),
        connection_(*session_),
        reader_(settings_, session_) {}

  std::string engine() const override { return engine_name; }

  std::optional<data::Table> describe(const data::TableName& name) override {
    return on(name, "describing", [&]() -> std::optional<data::Table> {
      const Reading reading(connection_);
      check_schema(connection_, resolved(name));
      auto found = describe_table(connection_, resolved(name));
      if (!found) return std::nullopt;
      return std::move(found->table);
    });
  }

  data::LoadPlan plan(const data::PlanRequest& request) override {
    return on(request.target, "planning", [&] {
      const Reading reading(connection_);
      check_schema(connection_, resolved(request.target));
      const auto existing = describe_table(connection_, resolved(request.target));
      auto plan = make_plan(connection_, request, existing);
      if (!request.only_reads) check_rights(connection_, plan, existing);
      return plan;
    });
  }

  std::unique_ptr<data::RowEncoder> encoder(const data::LoadPlan& plan) override {
    if (plan.format != data::RowFormat::cells) return nullptr;
    return make_encoder(plan);
  }

  std::unique_ptr<data::Load> begin_load(const data::LoadPlan& plan,
                                         const data::LoadId& load) override {
    return begin_staging(settings_, plan, load);
  }

  data::Digest staged_digest(const data::LoadPlan& plan,
                             const std::function<bool()>& stop) override {
    return on(plan.request.target, "reading the staged rows of", [&] {
      const auto staging = staging_of(plan);
      return read_back(
          settings_, connection_, plan, staging, [&] { return head_start(plan, staging); }, stop);
    });
  }

  /// In the plan's row encoding; the same bytes that were staged give the same digest.
  data::Digest published_digest(const data::LoadPlan& plan,
                                const std::optional<data::WatermarkRange>& range,
                                const std::function<bool()>& stop) override {
    return on(plan.request.target, "reading", [&] {
      const Reading reading(connection_);
      const auto table = describe_table(connection_, resolved(plan.request.target));
      const auto condition = range ? range_condition(*range) : std::string();
      return digest_of(connection_,
                       fmt::format("SELECT {} FROM {}{}{}{}", list(plan.columns),
                                   table && table->relkind == 'r' ? "ONLY " : "",
                                   qualified(resolved(plan.request.target)),
                                   condition.empty() ? "" : " WHERE ", condition),
                       plan.format, stop);
    });
  }

 private:
  publishing::Session& reader() override { return reader_; }
  std::unique_ptr<publishing::Session> writer() override {
    return std::make_unique<TargetSession>(settings_);
  }
  data::Place place(std::string doing) const override {
    return {"Target", settings_.display, std::move(doing)};
  }

  /// Of what the publish would build, what can be built while the rows are read.
  Meanwhile head_start(const data::LoadPlan& plan, const data::TableName& staging) {
    if (!data::facts_of(plan.request.strategy).whole_table) return {};
    PartitionSwap swap(connection_);
    const auto target = reader_.facts(plan.request.target);
    if (target && !swap.possible(plan, *target)) return {};
    Meanwhile meanwhile;
    for (auto& index : swap.lacking(plan, staging, target.has_value()))
      if (!index.build.empty()) meanwhile.builds.push_back(std::move(index.build));
    if (target) meanwhile.then = "ANALYZE " + qualified(staging);
    return meanwhile;
  }

  Settings settings_;
  KeptSession session_;
  pg::Connection& connection_;
  TargetSession reader_;
};

}  // namespace

std::unique_ptr<data::Target> open_target(Settings settings) {
  return std::make_unique<PostgresTarget>(std::move(settings));
}

std::string ping(const Settings& settings, std::string& version) {
  return guarded({"Source", settings.display, "connecting"}, [&]() -> std::string {
    auto connection = connect(settings);
    const auto facts = connection.exec(
        "SELECT current_setting('server_version'), pg_is_in_recovery(), "
        "current_setting('default_transaction_read_only')");
    version = fmt::format("PostgreSQL {}{}", facts.text(0, 0),
                          pg::through_pooler(connection) ? ", through a pooler" : "");
    if (facts.boolean(0, 1)) return "it is a standby: it can be read, not written";
    if (facts.text(0, 2) == "on") return "its transactions are read-only by default";
    return "";
  });
}

}  // namespace orch::postgres
