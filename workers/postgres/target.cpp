#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "workers/postgres/bookkeeping.h"
#include "workers/postgres/checks.h"
#include "workers/postgres/describe.h"
#include "workers/postgres/encoder.h"
#include "workers/postgres/failures.h"
#include "workers/postgres/load.h"
#include "workers/postgres/names.h"
#include "workers/postgres/planning.h"
#include "workers/postgres/postgres.h"
#include "workers/postgres/publish.h"
#include "workers/postgres/rows.h"
#include "workers/postgres/select.h"
#include "workers/postgres/session.h"

namespace orch::postgres {
namespace {

class PostgresTarget final : public data::Target {
 public:
  explicit PostgresTarget(Settings settings)
      : settings_(std::move(settings)),
        connection_(guarded(place("connecting"), [&] { return connect_to_all_rows(settings_); })) {}

  std::string engine() const override { return "postgresql"; }

  std::optional<data::Table> describe(const data::TableName& name) override {
    auto found = look_at(name);
    if (!found) return std::nullopt;
    return std::move(found->table);
  }

  data::LoadPlan plan(const data::PlanRequest& request) override {
    return guarded(place("planning table " + request.target.display()), [&] {
      return make_plan(connection_, request, describe_table(connection_, resolved(request.target)));
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

  std::optional<data::LoadRecord> staged(const data::TableName& name) override {
    return guarded(place("reading orch.load"), [&]() -> std::optional<data::LoadRecord> {
      auto found = read_load(connection_, resolved(name));
      if (!found) return std::nullopt;
      return std::move(found->record);
    });
  }

  data::Digest staged_digest(const data::LoadPlan& plan,
                             const std::function<bool()>& stop) override {
    return digest(plan, staging_of(plan.request.target), std::nullopt, stop);
  }

  std::vector<data::CheckResult> check(const data::LoadPlan& plan,
                                       const std::vector<data::Check>& checks) override {
    return guarded(place("checking table " + plan.request.target.display()),
                   [&] { return run_checks(connection_, plan, checks); });
  }

  void mark_verified(const data::LoadPlan& plan, const data::LoadId& load) override;

  data::Published merge(const data::LoadPlan& plan, const data::LoadId& load,
                        const boost::json::object& evidence) override {
    return publish(settings_, with_schema(plan), load, evidence);
  }

  std::optional<data::PublishedRecord> last_published(const data::TableName& name) override {
    if (!look_at(name)) return std::nullopt;
    return guarded(place("reading orch.evidence"),
                   [&] { return newest_evidence(connection_, resolved(name)); });
  }

  data::Digest published_digest(const data::LoadPlan& plan,
                                const std::optional<data::WatermarkRange>& range,
                                const std::function<bool()>& stop) override {
    return digest(plan, plan.request.target, range, stop);
  }

  std::optional<std::string> high_watermark(const data::TableName& table,
                                            const std::string& column) override {
    if (!look_at(table)) return std::nullopt;
    return guarded(place("reading the watermark " + column), [&] {
      return connection_
          .exec(fmt::format("SELECT max({})::text FROM {}", pg::quote(column),
                            qualified(resolved(table))))
          .optional(0, 0);
    });
  }

 private:
  /// A plan that was not made by plan() (the load it was staged with is gone) may lack the schema.
  static data::LoadPlan with_schema(data::LoadPlan plan) {
    plan.request.target = resolved(plan.request.target);
    return plan;
  }

  Place place(std::string doing) const { return {"Target", settings_.display, std::move(doing)}; }

  std::optional<Described> look_at(const data::TableName& name) {
    return guarded(place("describing table " + name.display()),
                   [&] { return describe_table(connection_, resolved(name)); });
  }

  /// In the plan's row encoding; the same bytes that were staged give the same digest.
  data::Digest digest(const data::LoadPlan& plan, const data::TableName& table,
                      const std::optional<data::WatermarkRange>& range,
                      const std::function<bool()>& stop) {
    return guarded(place("reading table " + table.display()), [&] {
      const auto condition = range ? range_condition(*range) : std::string();
      return digest_of(connection_,
                       fmt::format("SELECT {} FROM {}{}{}", list(plan.columns), qualified(table),
                                   condition.empty() ? "" : " WHERE ", condition),
                       plan.format, stop);
    });
  }

  Settings settings_;
  pg::Connection connection_;
};

void PostgresTarget::mark_verified(const data::LoadPlan& plan, const data::LoadId& load) {
  const auto table = resolved(plan.request.target);
  guarded(place("marking the load of " + table.display()), [&] {
    pg::Transaction transaction(connection_);
    hold_fence(connection_, table, load);
    const auto staged = read_load(connection_, table);
    if (!staged || staged->record.load.id != load.id)
      throw workers::TaskFailed(
          "Load.Superseded",
          fmt::format("{}: found {}, expected load {}", table.display(),
                      staged ? "load " + staged->record.load.id : "no staged load", load.id),
          "another run staged the same table; stage it again", "ORCH-0507", {{"load", load.id}});
    set_verified(connection_, table);
    fault::point("verify.before_commit");
    transaction.commit();
    fault::point("verify.after_commit");
  });
}

}  // namespace

std::unique_ptr<data::Target> open_target(Settings settings) {
  return std::make_unique<PostgresTarget>(std::move(settings));
}

std::string ping(const Settings& settings, std::string& version) {
  return guarded({"Source", settings.display, "connecting"}, [&]() -> std::string {
    auto connection = connect_to_all_rows(settings);
    const auto facts = connection.exec(
        "SELECT current_setting('server_version'), pg_is_in_recovery(), "
        "current_setting('default_transaction_read_only')");
    version = facts.text(0, 0);
    if (facts.boolean(0, 1)) return "it is a standby: it can be read, not written";
    if (facts.text(0, 2) == "on") return "its transactions are read-only by default";
    return "";
  });
}

}  // namespace orch::postgres
