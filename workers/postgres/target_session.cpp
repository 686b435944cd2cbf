#include "workers/postgres/target_session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "workers/postgres/bookkeeping.h"
#include "workers/postgres/dialect.h"
#include "workers/postgres/failures.h"
#include "workers/postgres/names.h"
#include "workers/postgres/rows.h"
#include "workers/postgres/session.h"
#include "workers/postgres/table_facts.h"
#include "workers/postgres/type_name.h"

namespace orch::postgres {
namespace {

pg::Result run(pg::Connection& connection, const std::string& sql,
               const publishing::Params& params) {
  return params.empty() ? connection.exec(sql) : connection.exec(sql, params);
}

}  // namespace

TargetSession::TargetSession(const Settings& settings)
    : own_(classified(
          [&] { return std::make_unique<pg::Connection>(connect_to_all_rows(settings)); })),
      connection_(*own_),
      patience_(std::chrono::seconds(settings.lock_seconds)),
      swap_(connection_, patience_) {}

TargetSession::TargetSession(const Settings& settings, pg::Connection& connection)
    : connection_(connection),
      patience_(std::chrono::seconds(settings.lock_seconds)),
      swap_(connection_, patience_) {}

const publishing::Dialect& TargetSession::dialect() const { return postgres::dialect(); }

publishing::Rows TargetSession::rows(const std::string& sql, const publishing::Params& params) {
  return classified([&] {
    const auto found = run(connection_, sql, params);
    publishing::Rows rows;
    for (int row = 0; row < found.rows(); ++row) {
      auto& cells = rows.emplace_back();
      for (int column = 0; column < found.columns(); ++column)
        cells.push_back(found.optional(row, column));
    }
    return rows;
  });
}

std::int64_t TargetSession::execute(const std::string& sql, const publishing::Params& params) {
  return classified([&] { return run(connection_, sql, params).affected(); });
}

// Constraints that may be looked at later are: rows may exchange their values until then.
void TargetSession::begin() {
  classified([&] { transaction_.emplace(connection_, "BEGIN; SET CONSTRAINTS ALL DEFERRED"); });
}

void TargetSession::commit() {
  classified([&] {
    transaction_->commit();
    transaction_.reset();
  });
}

bool TargetSession::has_bookkeeping() {
  return classified([&] { return postgres::has_bookkeeping(connection_); });
}

std::optional<publishing::TableFacts> TargetSession::facts(const data::TableName& table) {
  return classified([&]() -> std::optional<publishing::TableFacts> {
    auto found = describe_table(connection_, table);
    if (!found) return std::nullopt;
    return table_facts(connection_, *std::move(found));
  });
}

data::Digest TargetSession::digest(const data::LoadPlan& plan, const std::string& sql,
                                   const std::function<bool()>& stop) {
  return classified([&] {
    const Reading reading(connection_);
    return digest_of(connection_, sql, plan.format, stop);
  });
}

std::optional<std::string> TargetSession::high_watermark(const data::TableName& table,
                                                         const std::string& column) {
  return classified([&]() -> std::optional<std::string> {
    const Reading reading(connection_);
    const auto found = describe_table(connection_, table);
    if (!found) return std::nullopt;
    return connection_
        .exec(fmt::format("SELECT max({})::text FROM {}{}", pg::quote(column),
                          found->relkind == 'r' ? "ONLY " : "", qualified(table)))
        .optional(0, 0);
  });
}

void TargetSession::create_table(const data::LoadPlan& plan) {
  const auto& key = plan.request.key_columns;
  std::string columns;
  for (const auto& column : plan.columns)
    columns +=
        fmt::format("{}{} {}{}", columns.empty() ? "" : ", ", pg::quote(column.name),
                    type_sql(column.native, column.name), column.nullable ? "" : " NOT NULL");
  if (!key.empty()) columns += fmt::format(", PRIMARY KEY ({})", list(key));
  classified([&] {
    ensure_schema(connection_, plan.request.target.schema);
    connection_.exec(fmt::format("CREATE TABLE {} ({})", qualified(plan.request.target), columns));
  });
}

void TargetSession::after_rows(const data::LoadPlan&, const publishing::TableFacts& target, bool) {
  classified([&] {
    connection_.exec("SET CONSTRAINTS ALL IMMEDIATE");
    advance_sequences(connection_, target);
  });
}

// In the server, where a stop reaches it like any statement.
void TargetSession::pause(std::chrono::milliseconds time) {
  classified([&] {
    connection_.exec(fmt::format("SELECT pg_sleep({})", static_cast<double>(time.count()) / 1000));
  });
}

void TargetSession::reading(const std::function<void()>& work) {
  classified([&] {
    const pg::Transaction transaction(connection_, "BEGIN READ ONLY");
    work();
  });
}

}  // namespace orch::postgres
