// The protocol: fence, evidence, rows, proof and commit are one transaction. Readers wait, if at
// all, for the last part of it; whatever goes wrong before the commit has changed nothing.
#include "workers/publishing/publish.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "workers/publishing/bookkeeping.h"
#include "workers/publishing/file_ledger.h"
#include "workers/publishing/group.h"
#include "workers/publishing/proof.h"
#include "workers/publishing/strategy.h"
#include "workers/publishing/swap.h"
#include "workers/publishing/watermark_guard.h"

namespace orch::publishing {
namespace {

using Clock = std::chrono::steady_clock;

std::string staged_instead(const std::optional<StagedLoad>& staged, const data::LoadId& load) {
  if (!staged) return "no load is staged";
  if (staged->record.load.id != load.id) return "load " + staged->record.load.id + " is staged";
  return "it is staged and not verified";
}

class Publisher {
 public:
  Publisher(Session& session, const data::LoadPlan& plan, const data::LoadId& load,
            const boost::json::object& detail)
      : session_(session),
        plan_(plan),
        load_(load),
        detail_(detail),
        strategy_(strategy_of(session, plan.request.strategy)) {}

  data::Published run() {
    try {
      return publish_alone();
    } catch (const data::DatabaseError& error) {
      if (error.error_class() != data::ErrorClass::foreign_key) throw;
      if (auto published = publish_linked(session_, plan_, load_, detail_)) return *published;
      throw;
    } catch (const workers::TaskFailed& failure) {
      if (failure.error() != "Merge.ForeignKey") throw;
      if (auto published = publish_linked(session_, plan_, load_, detail_)) return *published;
      throw;
    }
  }

 private:
  data::Published publish_alone() {
    session_.claim(plan_.request.target, load_);
    prepare();
    for (int attempt = 1;; ++attempt) {
      try {
        return attempt_once();
      } catch (const data::DatabaseError& error) {
        const bool locked = error.error_class() == data::ErrorClass::locked;
        if (!locked || !session_.retries_locks()) throw;
        if (!impatient() && !is_held_idle()) {
          session_.pause(exchanging_ ? session_.swap()->pause_after(attempt)
                                     : std::chrono::milliseconds(100 * std::min(attempt, 15)));
          continue;
        }
        // A reader keeps a table from being exchanged, but not its rows from being changed.
        if (!exchanging_) throw;
        by_rows_ = true;
        started_ = Clock::now();
        attempt = 0;
      }
    }
  }

  bool impatient() const {
    const auto patience = session_.patience();
    return patience.count() > 0 && Clock::now() - started_ >= patience;
  }

  /// Waiting would end in the same way.
  bool is_held_idle() {
    return exchanging_ && session_.swap()->held_by_idle_reader(plan_.request.target);
  }

  /// What needs no lock on the target: the indexes of the staging table.
  void prepare() {
    auto* swap = swap_if_any();
    if (!swap) return;
    const auto staged = read_load(session_, plan_.request.target);
    if (!staged || staged->record.load.id != load_.id || !staged->record.verified) return;
    if (!staged->unchanged_since.empty()) return;
    const auto target = session_.facts(plan_.request.target);
    if (target && !swap->possible(plan_, *target)) return;
    plan_ = holding_plan(session_, std::move(plan_), target);
    swap->prepare(plan_, *staged, target.has_value());
  }

  data::Published attempt_once() {
    exchange_sql_.clear();
    exchanging_ = false;
    Transaction transaction(session_);
    if (auto done = read_evidence(session_, load_.id)) return *done;
    if (session_.has_bookkeeping()) hold_fence(session_, plan_.request.target, load_);
    const auto staged = read_load(session_, plan_.request.target);
    if (!staged || staged->record.load.id != load_.id || !staged->record.verified) {
      // The publish of a linked table, which held the fence until now, has taken this load along.
      if (auto done = read_evidence(session_, load_.id)) return *done;
      throw not_verified(staged);
    }
    if (!promises().takes_again) check_watermark(session_, plan_, staged->record);
    check_files(session_, plan_.request.target, staged->record);
    auto published = staged->unchanged_since.empty() ? write_rows(*staged) : keep(*staged);
    auto record = staged->record;
    record.load = load_;
    write_evidence(session_, plan_, record, published, detail_);
    remove_load(session_, plan_.request.target);
    fault::point("merge.before_commit");
    if (exchange_sql_.empty()) {
      transaction.commit();
    } else {
      locked_at_ = Clock::now();
      transaction.commit_with(exchange_sql_);
    }
    fault::point("merge.after_commit");
    published.lock_ms =
        std::chrono::duration<double, std::milli>(Clock::now() - locked_at_).count();
    return published;
  }

  /// The rows of the load are those of the table.
  data::Published keep(const StagedLoad& staged) {
    const auto target = session_.facts(plan_.request.target);
    plan_ = holding_plan(session_, std::move(plan_), target);
    const auto newest = newest_evidence(session_, plan_.request.target);
    if (!target || !newest || newest->load != staged.unchanged_since)
      throw workers::TaskFailed(
          "Merge.Conflict",
          fmt::format("{}: the rows were those of load {}, and the table now has {}",
                      plan_.request.target.display(), staged.unchanged_since,
                      target && newest ? "those of load " + newest->load : "none"),
          "another load was published in between: stage the table again", "ORCH-0505");
    data::Published published;
    published.method = "unchanged";
    published.rows = newest->total_rows;
    published.proof = {plan_.request.proof, staged.record.digest, true};
    return published;
  }

  data::Published write_rows(const StagedLoad& staged) {
    auto target = session_.facts(plan_.request.target);
    plan_ = holding_plan(session_, std::move(plan_), target);
    if (!target) return create(staged);
    auto* swap = swap_if_any();
    if (swap && swap->possible(plan_, *target)) return exchange(*swap, staged, false);
    return merge(staged, *target, false);
  }

  /// The table is created together with its first rows: no session finds it empty.
  data::Published create(const StagedLoad& staged) {
    auto* swap = swap_if_any();
    if (swap && swap->create(plan_)) return exchange(*swap, staged, true);
    session_.create_table(plan_);
    const auto target = session_.facts(plan_.request.target);
    if (target) return merge(staged, *target, true);
    throw data::DatabaseError(data::ErrorClass::other, "the table is not there after CREATE");
  }

  const data::StrategyFacts& promises() const { return data::facts_of(plan_.request.strategy); }
  Swap* swap_if_any() { return promises().whole_table && !by_rows_ ? session_.swap() : nullptr; }

  /// What is exchanged is the staging table itself, which was verified.
  data::Published exchange(Swap& swap, const StagedLoad& staged, bool created) {
    exchanging_ = true;
    exchange_sql_ = swap.exchange(plan_, staged, created);
    data::Published published;
    published.method = "swap";
    published.inserted = published.rows = staged.record.digest.rows;
    published.proof = {plan_.request.proof, staged.record.digest, true};
    return published;
  }

  data::Published merge(const StagedLoad& staged, const TableFacts& target, bool created) {
    locked_at_ = Clock::now();
    RowMerge merge(session_, plan_, target, staged.staging, created);
    const auto before =
        promises().whole_table ? 0 : rows_left(session_, plan_.request.target, target);
    const auto changes = strategy_.apply(merge);
    session_.after_rows(plan_, target, changes.deleted + changes.updated > 0);
    data::Published published;
    published.method = changes.method;
    published.inserted = changes.inserted;
    published.updated = changes.updated;
    published.deleted = changes.deleted;
    published.proof = prove(merge, changes, staged.record.digest);
    published.rows = promises().whole_table
                         ? number(session_, "SELECT count(*) FROM " + target.rows)
                         : before + changes.inserted - changes.deleted;
    session_.drop_staging(staged.staging);
    return published;
  }

  workers::TaskFailed not_verified(const std::optional<StagedLoad>& staged) const {
    return {"Merge.NotVerified",
            fmt::format("{}: load {} cannot be published: {}", plan_.request.target.display(),
                        load_.id, staged_instead(staged, load_)),
            "stage and verify the table again",
            "ORCH-0503",
            {{"load", load_.id}}};
  }

  Session& session_;
  data::LoadPlan plan_;
  const data::LoadId& load_;
  const boost::json::object& detail_;
  const RowStrategy& strategy_;
  Clock::time_point started_ = Clock::now();
  Clock::time_point locked_at_ = started_;
  std::string exchange_sql_;  ///< runs with the commit
  bool exchanging_ = false;   ///< the last try was to exchange the table
  bool by_rows_ = false;      ///< the table could not be exchanged for too long
};

}  // namespace

data::Published publish(Session& session, const data::LoadPlan& plan, const data::LoadId& load,
                        const boost::json::object& detail) {
  auto published = Publisher(session, plan, load, detail).run();
  session.clear_up(plan.request.target, load);
  return published;
}

data::LoadPlan holding_plan(Session& session, data::LoadPlan plan,
                            const std::optional<TableFacts>& target) {
  if ((target ? target->state : "") == plan.target_state) return plan;
  auto anew = session.plan(plan.request);
  if (anew.fingerprint == plan.fingerprint) return anew;
  throw workers::TaskFailed(
      "Schema.Changed",
      fmt::format("{}: the columns of {} changed since the load was staged: fingerprint found {}, "
                  "expected {}",
                  plan.request.key, plan.request.target.display(), anew.fingerprint,
                  plan.fingerprint),
      "stage the table again", "ORCH-0509");
}

void stage_unchanged(Session& session, const data::TableName& table,
                     const data::LoadRecord& record) {
  session.claim(table, record.load);
  Transaction transaction(session);
  hold_fence(session, table, record.load);
  write_load(session, table, record, 1);
  fault::point("stage.before_commit");
  transaction.commit();
  fault::point("stage.after_commit");
}

void mark_verified(Session& session, const data::LoadPlan& plan, const data::LoadId& load) {
  const auto& table = plan.request.target;
  session.claim(table, load);
  Transaction transaction(session);
  hold_fence(session, table, load);
  const auto staged = read_load(session, table);
  if (!staged || staged->record.load.id != load.id)
    throw workers::TaskFailed(
        "Load.Superseded",
        fmt::format("{}: found {}, expected load {}", table.display(),
                    staged ? "load " + staged->record.load.id : "no staged load", load.id),
        "another run staged the same table; stage it again", "ORCH-0507", {{"load", load.id}});
  set_verified(session, table);
  fault::point("verify.before_commit");
  transaction.commit();
  fault::point("verify.after_commit");
}

}  // namespace orch::publishing
