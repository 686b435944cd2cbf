#include "workers/sqlite/target_session.h"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/db/sqlite_authorizer.h"
#include "workers/sqlite/cells.h"
#include "workers/sqlite/describe.h"
#include "workers/sqlite/dialect.h"
#include "workers/sqlite/failures.h"
#include "workers/sqlite/foreign_keys.h"
#include "workers/sqlite/planning.h"
#include "workers/sqlite/range.h"
#include "workers/sqlite/table_facts.h"

namespace orch::sqlite {
namespace {

void bind(Statement& statement, const publishing::Params& params) {
  int index = 0;
  for (const auto& param : params) {
    ++index;
    param ? statement.set_text(index, *param) : statement.set_null(index);
  }
}

publishing::Row row_of(const Statement& statement) {
  publishing::Row row;
  for (int column = 0; column < statement.columns(); ++column) {
    auto& cell = row.emplace_back();
    if (statement.storage(column) == Storage::blob)
      cell = fmt::format("BLOB of {} bytes", statement.blob(column).size());
    else if (!statement.null(column))
      cell = statement.text(column);
  }
  return row;
}

}  // namespace

data::Digest digest_of(Database& db, Statement& rows, const std::function<bool()>& stop) {
  const StopWatch watch(db, stop);
  data::Digest sum;
  std::string row;
  while (rows.step()) {
    row.clear();
    append_row(row, rows, rows.columns());
    sum.add(row);
  }
  return sum;
}

Database& TargetSession::db() {
  if (transaction_) return transaction_->db();
  if (db_) return *db_;
  throw std::logic_error("a session outside of its transaction");
}

const publishing::Dialect& TargetSession::dialect() const { return sqlite::dialect(); }

publishing::Rows TargetSession::rows(const std::string& sql, const publishing::Params& params) {
  return classified([&] {
    const StopWatch watch(db(), file_.stop);
    Statement statement(db(), sql);
    bind(statement, params);
    publishing::Rows rows;
    while (statement.step()) rows.push_back(row_of(statement));
    return rows;
  });
}

std::int64_t TargetSession::execute(const std::string& sql, const publishing::Params& params) {
  return classified([&] {
    const StopWatch watch(db(), file_.stop);
    Statement statement(db(), sql);
    bind(statement, params);
    statement.run();
    return db().changes();
  });
}

void TargetSession::begin() {
  classified([&] { transaction_.emplace(file_, file_.stop); });
}

void TargetSession::commit() {
  classified([&] {
    transaction_->commit();
    transaction_.reset();
  });
}

void TargetSession::reading(const std::function<void()>& work) {
  classified([&] {
    const Authorizer reading(db(), Authorizer::Permit::reading);
    work();
  });
}

bool TargetSession::has_bookkeeping() {
  return classified([&] { return sqlite::has_bookkeeping(db()); });
}

std::optional<publishing::TableFacts> TargetSession::facts(const data::TableName& table) {
  return classified([&]() -> std::optional<publishing::TableFacts> {
    auto found = describe_table(db(), table.name);
    if (!found) return std::nullopt;
    return table_facts(db(), *std::move(found));
  });
}

data::Digest TargetSession::digest(const data::LoadPlan&, const std::string& sql,
                                   const std::function<bool()>& stop) {
  return classified([&] {
    Statement rows(db(), sql);
    return digest_of(db(), rows, stop ? stop : file_.stop);
  });
}

std::optional<std::string> TargetSession::high_watermark(const data::TableName& table,
                                                         const std::string& column) {
  return classified([&]() -> std::optional<std::string> {
    const auto found = describe_table(db(), table.name);
    if (!found) return std::nullopt;
    return largest(db(), {found->table.name, ""}, column, "");
  });
}

std::vector<publishing::Link> TargetSession::links() {
  return classified([&] {
    // Both by the names that their tables were created with.
    Statement keys(db(),
                   "SELECT DISTINCT c.name, p.name FROM sqlite_schema c, "
                   "pragma_foreign_key_list(c.name) k, sqlite_schema p WHERE c.type = 'table' AND "
                   "p.type = 'table' AND p.name = k.\"table\" COLLATE NOCASE AND c.name <> p.name");
    std::vector<publishing::Link> links;
    while (keys.step())
      links.push_back({{"", std::string(keys.text(0))}, {"", std::string(keys.text(1))}});
    return links;
  });
}

data::LoadPlan TargetSession::plan(const data::PlanRequest& request) {
  return classified([&] { return make_plan(request, describe_table(db(), request.target.name)); });
}

void TargetSession::create_table(const data::LoadPlan& plan) {
  classified([&] { db().exec(create_target_sql(plan)); });
}

void TargetSession::drop_staging(const data::TableName& staging) {
  classified([&] { db().exec("DROP TABLE " + dialect().qualified(staging)); });
}

void TargetSession::after_rows(const data::LoadPlan&, const publishing::TableFacts& target,
                               bool removed) {
  classified([&] { check_foreign_keys(db(), target.table.name.name, removed); });
}

}  // namespace orch::sqlite
