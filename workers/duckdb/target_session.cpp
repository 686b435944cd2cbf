#include "workers/duckdb/target_session.h"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "workers/duckdb/cells.h"
#include "workers/duckdb/dialect.h"
#include "workers/duckdb/failures.h"
#include "workers/duckdb/planning.h"
#include "workers/duckdb/stop_watch.h"
#include "workers/duckdb/types.h"
#include "workers/rows/value.h"

namespace orch::duckdb {
namespace {

/// The kind that values of a result are told as.
data::Kind kind_of(Storage storage) {
  switch (storage) {
    case Storage::uuid:
      return data::Kind::uuid;
    case Storage::text:
      return data::Kind::text;
    case Storage::int128:
    case Storage::uint64:
    case Storage::decimal:
      return data::Kind::numeric;
    default:
      return data::Kind::other;
  }
}

std::optional<std::string> text_of(CellMaker& maker, const Values& values, std::size_t row) {
  if (values.null(row)) return std::nullopt;
  data::Cell cell;
  std::string scratch;
  if (!maker.make(values, row, cell)) return "?";
  const auto text = rows::text_of(cell, scratch);
  return text ? std::string(*text) : fmt::format("BLOB of {} bytes", cell.bytes.size());
}

}  // namespace

const publishing::Dialect& StatementSession::dialect() const { return duckdb::dialect(); }

publishing::Rows StatementSession::rows(const std::string& sql, const publishing::Params& params) {
  return classified([&] {
    const StopWatch watch(connection(), stop());
    auto found = connection().query(sql, params);
    std::vector<CellMaker> makers;
    for (const auto& column : found.columns()) {
      data::Column as;
      as.kind = kind_of(column.storage);
      makers.emplace_back(column, as);
    }
    publishing::Rows all;
    while (found.next()) {
      const auto first = all.size();
      all.resize(first + found.size());
      for (std::size_t i = 0; i < makers.size(); ++i) {
        const auto values = found.values(i);
        for (std::size_t row = 0; row < found.size(); ++row)
          all[first + row].push_back(text_of(makers[i], values, row));
      }
    }
    return all;
  });
}

// What a statement changed is its only row.
std::int64_t StatementSession::execute(const std::string& sql, const publishing::Params& params) {
  return classified([&]() -> std::int64_t {
    const StopWatch watch(connection(), stop());
    auto answer = connection().query(sql, params);
    const auto& columns = answer.columns();
    const bool counts = columns.size() == 1 && columns.front().name == "Count" &&
                        columns.front().storage == Storage::int64;
    std::int64_t count = 0;
    while (answer.next())
      if (counts) count += answer.values(0).at<std::int64_t>(0);
    return count;
  });
}

void StatementSession::reading(const std::function<void()>& work) {
  classified([&] { connection().exec("BEGIN TRANSACTION READ ONLY"); });
  try {
    work();
  } catch (...) {
    connection().exec("ROLLBACK");
    throw;
  }
  classified([&] { connection().exec("ROLLBACK"); });
}

bool StatementSession::has_bookkeeping() {
  return classified([&] {
    return !connection()
                .texts(
                    "SELECT table_name FROM duckdb_tables() WHERE database_name = "
                    "current_database() AND schema_name = 'orch' AND table_name = 'load'")
                .empty();
  });
}

data::Digest StatementSession::digest(const data::LoadPlan&, const std::string& sql,
                                      const std::function<bool()>& stopped) {
  return classified([&] {
    const auto& ends = stopped ? stopped : stop();
    const StopWatch watch(connection(), ends);
    auto found = connection().query(sql);
    return digest_of(found, ends);
  });
}

std::optional<std::string> StatementSession::largest(const std::string& rows,
                                                     const std::string& column) {
  return classified([&]() -> std::optional<std::string> {
    const auto found = connection().texts(
        fmt::format("SELECT coalesce(CAST(max({}) AS VARCHAR), '') FROM {}", quote(column), rows));
    if (found.front().front().empty()) return std::nullopt;
    return found.front().front();
  });
}

Connection& TargetSession::connection() {
  if (held_) return held_->connection;
  if (given_) return *given_;
  throw std::logic_error("a session outside of its transaction");
}

void TargetSession::begin() {
  classified([&] {
    auto held = std::make_unique<Held>(file_);
    held->connection.exec("BEGIN TRANSACTION");
    prepare_bookkeeping(held->connection);
    held_ = std::move(held);
  });
}

void TargetSession::commit() {
  classified([&] { connection().exec("COMMIT"); });
  held_.reset();
}

void TargetSession::rollback() noexcept { held_.reset(); }

std::optional<publishing::TableFacts> TargetSession::facts(const data::TableName& table) {
  return classified([&]() -> std::optional<publishing::TableFacts> {
    auto found = look_at_table(connection(), table);
    if (!found) return std::nullopt;
    return std::move(found->facts);
  });
}

std::optional<std::string> TargetSession::high_watermark(const data::TableName& table,
                                                         const std::string& column) {
  const auto found = facts(table);
  return found ? largest(found->rows, column) : std::nullopt;
}

data::LoadPlan TargetSession::plan(const data::PlanRequest& request) {
  return classified(
      [&] { return make_plan(request, look_at_table(connection(), request.target)); });
}

void TargetSession::create_table(const data::LoadPlan& plan) {
  classified([&] {
    const auto& target = plan.request.target;
    if (!target.schema.empty())
      connection().exec("CREATE SCHEMA IF NOT EXISTS " + quote(target.schema));
    connection().exec(create_table_sql(plan, target, true));
  });
}

void TargetSession::drop_staging(const data::TableName& staging) {
  classified([&] { connection().exec("DROP TABLE " + dialect().qualified(staging)); });
}

}  // namespace orch::duckdb
