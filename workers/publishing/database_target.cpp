#include "workers/publishing/database_target.h"

#include <utility>

#include <fmt/format.h>

#include "workers/publishing/bookkeeping.h"
#include "workers/publishing/books.h"
#include "workers/publishing/checks.h"
#include "workers/publishing/file_ledger.h"
#include "workers/publishing/publish.h"
#include "workers/publishing/swap.h"

namespace orch::publishing {
data::DatabaseError DatabaseTarget::with_holder(const data::TableName& table,
                                                const data::DatabaseError& error) {
  if (error.error_class() != data::ErrorClass::locked) return error;
  try {
    return told(error, reader().lock_holder(reader().dialect().stored(table)));
  } catch (const data::DatabaseError&) {
    return error;  // which is what matters
  }
}

void DatabaseTarget::stage_unchanged(const data::LoadPlan& plan, const data::LoadId& load,
                                     const data::Digest& digest,
                                     const boost::json::object& position) {
  const auto& table = plan.request.target;
  reported("staging table " + table.display(), table, [&] {
    const auto session = writer();
    session->ready_bookkeeping();
    publishing::stage_unchanged(*session, table, {load, digest, false, position, plan.fingerprint});
  });
}

std::optional<data::LoadRecord> DatabaseTarget::staged(const data::TableName& name) {
  return reported("reading the bookkeeping", name, [&]() -> std::optional<data::LoadRecord> {
    auto found = read_load(reader(), reader().dialect().stored(name));
    if (!found) return std::nullopt;
    return std::move(found->record);
  });
}

data::Digest DatabaseTarget::staged_digest(const data::LoadPlan& plan,
                                           const std::function<bool()>& stop) {
  const auto& dialect = reader().dialect();
  return reported(
      "reading the staged rows of " + plan.request.target.display(), plan.request.target, [&] {
        return reader().digest(plan,
                               fmt::format("SELECT {} FROM {}", list(dialect, plan.columns),
                                           dialect.qualified(staging_of(plan))),
                               stop);
      });
}

data::PublishWay DatabaseTarget::publish_way(const data::LoadPlan& plan) {
  using Lock = data::PublishWay::Lock;
  const auto& table = plan.request.target;
  return reported("describing table " + table.display(), table, [&]() -> data::PublishWay {
    auto& session = reader();
    const auto& promises = data::facts_of(plan.request.strategy);
    const auto target = session.facts(session.dialect().stored(table));
    if (!target) return {"create", Lock::none};
    auto* swap = promises.whole_table && session.has_bookkeeping() ? session.swap() : nullptr;
    if (swap && swap->possible(plan, *target)) return {"swap", Lock::exchange};
    const std::string method = promises.updates_rows ? "merge" : "insert";
    if (session.dialect().lock_writers(target->rows).empty()) return {method, Lock::database};
    return {method, promises.whole_table ? Lock::writers : Lock::rows};
  });
}

std::vector<data::CheckResult> DatabaseTarget::check(const data::LoadPlan& plan,
                                                     const std::vector<data::Check>& checks) {
  return reported("checking table " + plan.request.target.display(), plan.request.target,
                  [&] { return run_checks(reader(), plan, staging_of(plan), checks); });
}

std::vector<std::string> DatabaseTarget::check_problems(const data::LoadPlan& plan,
                                                        const std::vector<data::Check>& checks) {
  return reported("explaining the checks of " + plan.request.target.display(), plan.request.target,
                  [&] { return publishing::check_problems(reader(), plan, checks); });
}

void DatabaseTarget::mark_verified(const data::LoadPlan& plan, const data::LoadId& load) {
  reported("marking the load of " + plan.request.target.display(), plan.request.target,
           [&] { publishing::mark_verified(*writer(), stored(plan), load); });
}

data::Published DatabaseTarget::merge(const data::LoadPlan& plan, const data::LoadId& load,
                                      const boost::json::object& evidence) {
  return reported("publishing table " + plan.request.target.display(), plan.request.target,
                  [&] { return publish(*writer(), stored(plan), load, evidence); });
}

std::optional<data::PublishedRecord> DatabaseTarget::last_published(const data::TableName& name) {
  return reported("reading the bookkeeping", name, [&]() -> std::optional<data::PublishedRecord> {
    auto& session = reader();
    auto record = newest_evidence(session, session.dialect().stored(name));
    if (!record) return std::nullopt;
    const auto rows = session.rows_of(session.dialect().stored(name));
    if (!rows) return std::nullopt;
    if (record->total_rows > 0)
      record->emptied = session.rows(fmt::format("SELECT 1 FROM {} LIMIT 1", *rows)).empty();
    return record;
  });
}

std::optional<std::string> DatabaseTarget::high_watermark(const data::TableName& table,
                                                          const std::string& column) {
  if (!describe(table)) return std::nullopt;
  return reported("reading the watermark " + column, table, [&] {
    return reader().high_watermark(reader().dialect().stored(table), column);
  });
}

std::vector<data::LoadedFile> DatabaseTarget::loaded_files(const data::TableName& name) {
  return reported("reading the ledger of files", name, [&] {
    // The bookkeeping may be of an older version, which has no ledger yet.
    writer()->ready_bookkeeping();
    return read_files(reader(), reader().dialect().stored(name));
  });
}

std::vector<data::TableName> DatabaseTarget::tables_with_books() {
  return reported("reading the bookkeeping", {}, [&]() -> std::vector<data::TableName> {
    auto& session = reader();
    if (!session.has_bookkeeping()) return {};
    return session.tables_with_books();
  });
}

data::TableBooks DatabaseTarget::books(const data::TableName& name) {
  return reported("reading the bookkeeping", name, [&] {
    auto& session = reader();
    return read_books(session, session.dialect().stored(name));
  });
}

bool DatabaseTarget::remove_staged(const data::TableBooks& books) {
  return reported("removing a staged load of " + books.table.display(), books.table,
                  [&] { return remove_books(*writer(), books); });
}

std::optional<std::int64_t> DatabaseTarget::count_rows(const data::TableName& name) {
  return reported("counting the rows of " + name.display(), name,
                  [&]() -> std::optional<std::int64_t> {
                    auto& session = reader();
                    const auto table = session.facts(session.dialect().stored(name));
                    if (!table) return std::nullopt;
                    return number(session, "SELECT count(*) FROM " + table->rows);
                  });
}

data::TableName DatabaseTarget::staging_of(const data::LoadPlan& plan) {
  const auto staged = read_load(reader(), plan.request.target);
  if (staged) return staged->staging;
  throw workers::TaskFailed(
      "Load.Superseded", fmt::format("{}: found no staged load", plan.request.target.display()),
      "another run staged and published the same table; stage it again", "ORCH-0507");
}

data::LoadPlan DatabaseTarget::stored(data::LoadPlan plan) {
  plan.request.target = reader().dialect().stored(plan.request.target);
  return plan;
}

}  // namespace orch::publishing
