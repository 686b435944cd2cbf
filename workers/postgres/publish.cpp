#include "workers/postgres/publish.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/fault.h"
#include "workers/postgres/bookkeeping.h"
#include "workers/postgres/describe.h"
#include "workers/postgres/failures.h"
#include "workers/postgres/merge_rows.h"
#include "workers/postgres/names.h"
#include "workers/postgres/session.h"
#include "workers/postgres/swap.h"

namespace orch::postgres {
namespace {

using Clock = std::chrono::steady_clock;

// The exchange waits this long for readers that have the table open, then steps back, so that
// those who come later are not queued behind it for longer.
constexpr std::chrono::milliseconds longest_queue{2'000};

workers::TaskFailed not_verified(const data::LoadPlan& plan, const data::LoadId& load,
                                 const std::optional<Staged>& staged) {
  const auto found = !staged ? std::string("no load is staged")
                     : staged->record.load.id != load.id
                         ? "load " + staged->record.load.id + " is staged"
                         : std::string("it is staged and not verified");
  return {"Merge.NotVerified",
          fmt::format("{}: load {} cannot be published: {}", plan.request.target.display(), load.id,
                      found),
          "stage and verify the table again",
          "ORCH-0503",
          {{"load", load.id}}};
}

class Publisher {
 public:
  Publisher(const Settings& settings, const data::LoadPlan& plan, const data::LoadId& load,
            const boost::json::object& detail)
      : connection_(connect_to_all_rows(settings)),
        patience_(std::chrono::seconds(settings.lock_seconds)),
        plan_(plan),
        load_(load),
        detail_(detail) {}

  data::Published run() {
    prepare();
    for (int attempt = 1;; ++attempt) {
      try {
        return attempt_once();
      } catch (const pg::Error& error) {
        const bool locked = error.sqlstate() == "55P03" || error.sqlstate() == "40P01";
        if (!locked || impatient()) throw;
        // In the server, where a stop reaches it like any statement.
        connection_.exec(fmt::format("SELECT pg_sleep({})", std::min(attempt, 15) / 10.0));
      }
    }
  }

 private:
  bool impatient() const { return patience_.count() > 0 && Clock::now() - started_ >= patience_; }

  std::chrono::milliseconds swap_patience() const {
    return patience_.count() > 0 ? std::min(patience_, longest_queue) : longest_queue;
  }

  bool replaces() const { return plan_.request.strategy == data::Strategy::replace; }

  // What needs no lock on the target: its creation, and the indexes of the staging table.
  void prepare() {
    if (!has_bookkeeping(connection_) || read_evidence(connection_, load_.id)) return;
    const auto target = describe_table(connection_, plan_.request.target);
    if (!target) return plan_creation();
    if (!replaces() || !can_swap(connection_, *target) || !verified_now()) return;
    prepare_staging(connection_, plan_, *target);
  }

  // The table itself is created together with its first rows, see exchange(): nobody finds it
  // empty.
  void plan_creation() {
    auto sql = replaces() ? create_parent_sql(plan_) : std::string();
    const auto& target = plan_.request.target;
    if (sql.empty())
      sql = fmt::format("CREATE TABLE {} (LIKE {})", qualified(target),
                        qualified(staging_of(target)));
    ensure_schema(connection_, target.schema);
    create_sql_ = sql;
  }

  bool verified_now() {
    const auto staged = read_load(connection_, plan_.request.target);
    return staged && staged->record.load.id == load_.id && staged->record.verified;
  }

  data::Published attempt_once() {
    pg::Transaction transaction(connection_);
    if (has_bookkeeping(connection_)) {
      if (auto done = read_evidence(connection_, load_.id)) return *done;
      hold_fence(connection_, plan_.request.target, load_);
    }
    auto staged = read_load(connection_, plan_.request.target);
    if (!staged || staged->record.load.id != load_.id || !staged->record.verified)
      throw not_verified(plan_, load_, staged);
    const auto published = exchange(*staged);
    staged->record.load = load_;
    write_evidence(connection_, plan_, *staged, published, detail_);
    remove_load(connection_, plan_.request.target);
    fault::point("merge.before_commit");
    transaction.commit();
    fault::point("merge.after_commit");
    return finished(published);
  }

  data::Published exchange(const Staged& staged) {
    auto target = describe_table(connection_, plan_.request.target);
    if (!target) {
      connection_.exec(create_sql_);
      target = describe_table(connection_, plan_.request.target);
      if (!can_swap(connection_, *target)) return merge(*target);
      return swap_in(staged, *target, true);
    }
    if (replaces() && can_swap(connection_, *target)) return swap_in(staged, *target, false);
    return merge(*target);
  }

  data::Published swap_in(const Staged& staged, const Described& target, bool created) {
    if (!staged.frozen && !created) refuse_older_snapshots(staged);
    connection_.exec(fmt::format("SET LOCAL lock_timeout = {}", swap_patience().count()));
    data::Published published;
    published.method = "swap";
    published.inserted = published.rows = staged.record.digest.rows;
    published.deleted = 0;
    locked_at_ = Clock::now();
    swap(connection_, plan_, target);
    return published;
  }

  data::Published merge(const Described& target) {
    locked_at_ = Clock::now();
    auto published = merge_rows(connection_, plan_, target);
    connection_.exec("DROP TABLE " + qualified(staging_of(plan_.request.target)));
    advance_sequences(connection_, target);
    return published;
  }

  // Rows that were staged in parts are not frozen: a transaction whose snapshot is older than they
  // would find the table empty after the swap. It has to end first.
  void refuse_older_snapshots(const Staged& staged) {
    const auto older = connection_.exec(
        "SELECT pid, usename, xact_start::text FROM pg_stat_activity WHERE backend_xmin IS NOT "
        "NULL AND pid <> pg_backend_pid() AND datname = current_database() AND age(backend_xmin) "
        ">= age($1::xid) ORDER BY xact_start LIMIT 1",
        {staged.xid});
    if (older.rows() == 0) return;
    throw workers::TaskFailed(
        "Merge.Busy",
        fmt::format("{}: a transaction older than the load is open (process {}, user {}, since {})",
                    plan_.request.target.display(), older.text(0, 0), older.text(0, 1),
                    older.text(0, 2)),
        "a retry publishes once it has ended; with one part per table it would not matter",
        "ORCH-0412");
  }

  data::Published finished(data::Published published) const {
    published.lock_ms =
        std::chrono::duration<double, std::milli>(Clock::now() - locked_at_).count();
    return published;
  }

  pg::Connection connection_;
  std::chrono::milliseconds patience_;  ///< 0: no end
  Clock::time_point started_ = Clock::now();
  const data::LoadPlan& plan_;
  const data::LoadId& load_;
  const boost::json::object& detail_;
  std::string create_sql_;
  Clock::time_point locked_at_;
};

}  // namespace

data::Published publish(const Settings& settings, const data::LoadPlan& plan,
                        const data::LoadId& load, const boost::json::object& detail) {
  const Place place{"Target", settings.display,
                    "publishing table " + plan.request.target.display()};
  return guarded(place, [&] { return Publisher(settings, plan, load, detail).run(); });
}

}  // namespace orch::postgres
