#include "workers/postgres/load.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "workers/postgres/copy_format.h"
#include "workers/postgres/dialect.h"
#include "workers/postgres/failures.h"
#include "workers/postgres/leftovers.h"
#include "workers/postgres/names.h"
#include "workers/postgres/session.h"
#include "workers/postgres/target_session.h"
#include "workers/postgres/type_name.h"
#include "workers/postgres/user_types.h"
#include "workers/publishing/bookkeeping.h"

namespace orch::postgres {
namespace {

/// Columns of a staging table: exactly those of the target when it exists, so that it can become
/// its partition; else those of the plan.
std::string create_staging(const data::LoadPlan& plan, const std::string& staging) {
  const auto& target = plan.request.target;
  if (!plan.create)
    return fmt::format(
        "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED "
        "INCLUDING STORAGE)",
        staging, qualified(target));
  // Where rows are matched by key, its columns take NULL here, so that the publish can count them.
  const bool matched = data::facts_of(plan.request.strategy).needs_key;
  const auto& key = plan.request.key_columns;
  std::string columns;
  for (const auto& column : plan.columns) {
    const bool in_key = std::find(key.begin(), key.end(), column.name) != key.end();
    columns += fmt::format("{}{} {}{}", columns.empty() ? "" : ", ", pg::quote(column.name),
                           type_sql(column.native, column.name),
                           column.nullable || (matched && in_key) ? "" : " NOT NULL");
  }
  return fmt::format("CREATE TABLE {} ({})", staging, columns);
}

class Writer final : public data::RowWriter {
 public:
  Writer(Place place, pg::Connection& connection, const std::string& copy, data::RowFormat format,
         bool own_transaction)
      : place_(std::move(place)),
        connection_(connection),
        binary_(format != data::RowFormat::pg_text),
        own_transaction_(own_transaction) {
    guarded(place_, [&] {
      if (own_transaction_) connection_.exec("BEGIN");
      copy_ = std::make_unique<pg::CopyIn>(connection_, copy);
      if (binary_) copy_->write(copy_header);
    });
  }

  void write(std::string_view rows) override {
    guarded(place_, [&] { copy_->write(rows); });
  }

  void finish() override {
    guarded(place_, [&] {
      if (binary_) copy_->write(copy_trailer);
      copy_->finish();
      copy_.reset();
      if (!own_transaction_) return;
      fault::point("stage.part.before_commit");
      connection_.exec("COMMIT");
      fault::point("stage.part.after_commit");
    });
  }

 private:
  Place place_;
  pg::Connection& connection_;
  bool binary_;
  bool own_transaction_;
  std::unique_ptr<pg::CopyIn> copy_;
};

class PostgresLoad final : public data::Load {
 public:
  PostgresLoad(const Settings& settings, data::LoadPlan plan, data::LoadId load)
      : plan_(std::move(plan)),
        load_(std::move(load)),
        place_{"Target", settings.display, "staging table " + plan_.request.target.display()},
        staging_(qualified(dialect().staging(plan_.request.target, load_))),
        parts_(plan_.request.parts) {
    guarded(place_, [&] {
      try {
        classified([&] { prepare(settings); });
      } catch (const data::DatabaseError& error) {
        if (error.error_class() != data::ErrorClass::locked) throw;
        connections_.front()->exec("ROLLBACK");
        throw publishing::told(error, session_->lock_holder(plan_.request.target));
      }
    });
    for (int i = 0; i < parts_; ++i)
      writers_.push_back(std::make_unique<Writer>(place_, part_connection(i), copy_sql(),
                                                  plan_.format, parts_ > 1));
  }

  ~PostgresLoad() override {
    if (parts_ > 1 && !committed_) remove_staging();
  }

  int parts() const override { return parts_; }
  data::RowWriter& part(int index) override { return *writers_[static_cast<std::size_t>(index)]; }

  void give_up() noexcept override { given_up_.store(true, std::memory_order_relaxed); }

  void commit(const data::Digest& digest, const boost::json::object& position) override {
    guarded(place_, [&] {
      auto& main = *connections_.front();
      const auto& target = plan_.request.target;
      if (parts_ > 1) {
        main.exec("BEGIN");
        publishing::hold_fence(*session_, target, load_);
      }
      publishing::write_load(*session_, target, {load_, digest, false, position, plan_.fingerprint},
                             parts_);
      fault::point("stage.before_commit");
      main.exec("COMMIT");
      committed_ = true;
      fault::point("stage.after_commit");
      // Of one part: the fence has been held since there were none.
      if (remains_ || parts_ > 1) remove_leftovers(main, *session_, target, load_);
    });
  }

 private:
  void prepare(const Settings& settings) {
    for (int i = 0; i < (parts_ > 1 ? parts_ + 1 : 1); ++i)
      connections_.push_back(connect_to_all_rows(
          settings, [this] { return given_up_.load(std::memory_order_relaxed); }));
    auto& main = *connections_.front();
    session_ = std::make_unique<TargetSession>(settings, connections_.front());
    session_->ready_bookkeeping();
    create_types(main, plan_.create_types);
    session_->claim(plan_.request.target, load_);
    remains_ = remove_leftovers(main, *session_, plan_.request.target, load_);
    main.exec("BEGIN");
    publishing::hold_fence(*session_, plan_.request.target, load_);
    main.exec(
        fmt::format("DROP TABLE IF EXISTS {}; {}", staging_, create_staging(plan_, staging_)));
    if (parts_ > 1) main.exec("COMMIT");
  }

  // Parts that were committed count for nothing, but hold disk space.
  void remove_staging() noexcept {
    writers_.clear();
    while (connections_.size() > 1) connections_.pop_back();
    auto& main = *connections_.front();
    main.stop_when({});
    try {
      main.exec("ROLLBACK");
      pg::Transaction transaction(main);
      main.exec(cleaning_patience);
      main.exec("DROP TABLE IF EXISTS " + staging_);
      transaction.commit();
    } catch (const std::exception&) {
      // The next load of the table starts with removing it.
    }
  }

  pg::Connection& part_connection(int index) {
    return *connections_[static_cast<std::size_t>(parts_ > 1 ? index + 1 : 0)];
  }

  std::string copy_sql() const {
    std::string options;
    if (plan_.format != data::RowFormat::pg_text) options = "FORMAT binary";
    // Only the session that made the table in the same transaction may freeze.
    if (parts_ == 1) options += options.empty() ? "FREEZE" : ", FREEZE";
    return fmt::format("COPY {} ({}) FROM STDIN{}", staging_, list(plan_.columns),
                       options.empty() ? "" : " (" + options + ")");
  }

  data::LoadPlan plan_;
  data::LoadId load_;
  Place place_;
  std::string staging_;  ///< as SQL
  int parts_;
  bool committed_ = false;
  bool remains_ = true;  ///< tables of earlier loads
  std::atomic<bool> given_up_ = false;
  std::deque<KeptSession> connections_;           // which stay where they are
  std::unique_ptr<TargetSession> session_;        // of the first of them
  std::vector<std::unique_ptr<Writer>> writers_;  // before the connections they use go
};

}  // namespace

std::unique_ptr<data::Load> begin_staging(const Settings& settings, const data::LoadPlan& plan,
                                          const data::LoadId& load) {
  return std::make_unique<PostgresLoad>(settings, plan, load);
}

}  // namespace orch::postgres
