#include "workers/connectors/try_source.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "workers/worker.h"

namespace orch::connectors {
namespace {

/// Ends a read when there is enough.
class Enough {};

bool is_moment(data::Kind kind) {
  using data::Kind;
  return kind == Kind::date || kind == Kind::time || kind == Kind::timestamp ||
         kind == Kind::timestamptz;
}

/// Reads one column. Where its values are `moments`, the first text among them is kept: targets
/// refuse it (MySQL's zero dates, hours beyond a day).
class CountingSink final : public data::RowSink {
 public:
  CountingSink(std::int64_t most, bool moments) : most_(most), moments_(moments) {}

  void rows(const data::RowBatch& batch) override {
    for (std::size_t i = 0; moments_ && odd_.empty() && i < batch.rows(); ++i)
      if (const auto& cell = batch.row(i).front(); cell.type == data::Cell::Type::text)
        odd_ = cell.bytes;
    count(static_cast<std::int64_t>(batch.rows()));
  }
  void encoded(std::string_view) override { count(1); }
  std::int64_t read() const { return std::min(read_, most_); }
  const std::string& odd() const { return odd_; }

 private:
  void count(std::int64_t rows) {
    read_ += rows;
    if (read_ >= most_) throw Enough();
  }

  std::int64_t most_;
  bool moments_;
  std::int64_t read_ = 0;
  std::string odd_;
};

/// Where the columns of one type are.
struct Found {
  data::Column column;
  data::TableName table;
  std::int64_t columns = 0;
  bool in_empty_table = true;
};

bool is_gone(const workers::TaskFailed& failure) {
  return failure.error() == "Connection.Down" || failure.error() == "Connection.Lost";
}

/// Why a table is not taken ends with the statement that lets the user read it, where a right is
/// what is missing.
std::string grant_in(const std::string& reason) {
  const auto at = reason.find("GRANT ");
  return at == std::string::npos ? std::string() : reason.substr(at);
}

std::string type_of(const data::Column& column) {
  return column.native.empty() ? "(none)" : column.native.shown();
}

void take_in(SourceTrial& trial, std::map<std::string, Found>& types, const data::Table& table,
             const data::TableName& name) {
  const bool empty = table.estimated_rows == 0;
  for (const auto& column : table.columns) {
    if (!column.readable) {
      trial.troubles.push_back({name.display(), "column " + column.name + " may not be read"});
      continue;
    }
    auto& found = types[type_of(column)];
    ++found.columns;
    if (found.columns > 1 && (!found.in_empty_table || empty)) continue;
    found.column = column;
    found.table = name;
    found.in_empty_table = empty;
  }
}

TypeTrial read_some(data::Source& source, const std::string& type, const Found& found,
                    std::int64_t rows, const data::Stop& stop) {
  TypeTrial trial;
  trial.native = type;
  trial.kind = found.column.kind;
  trial.columns = found.columns;
  trial.example = found.table.display() + "." + found.column.name;
  data::ReadRequest request;
  request.from.table = found.table;
  request.columns = {found.column.name};
  CountingSink sink(rows, source.traits().typed && is_moment(found.column.kind));
  try {
    for (const auto& reader : source.open(request)) reader->read(sink, stop);
  } catch (const Enough&) {
    // As many as were wanted.
  } catch (const workers::TaskFailed& failure) {
    if (is_gone(failure)) throw;
    trial.problem = failure.error() + ": " + failure.what();
  }
  trial.rows = sink.read();
  if (trial.problem.empty() && !sink.odd().empty())
    trial.problem = "holds " + sink.odd() + ", which targets refuse; the type text keeps it";
  if (trial.problem.empty() && found.column.kind == data::Kind::other)
    trial.problem = "only a database of the same kind takes it; a \"query\" can cast it";
  return trial;
}

}  // namespace

Answered timed_ping(const Connections& connections, const std::string& name, Role role) {
  const auto begin = std::chrono::steady_clock::now();
  auto health = connections.ping(name, role);
  const auto spent = std::chrono::steady_clock::now() - begin;
  return {std::move(health), std::chrono::duration_cast<Millis>(spent)};
}

SourceTrial try_source(data::Source& source, std::int64_t rows, const data::Stop& stop) {
  SourceTrial trial;
  std::map<std::string, Found> types;
  for (const auto& listed : source.list()) {
    const auto grant = grant_in(listed.reason);
    if (!grant.empty() && std::ranges::find(trial.grants, grant) == trial.grants.end())
      trial.grants.push_back(grant);
    if (listed.taken == data::Listed::Taken::never) continue;
    if (stop()) throw workers::Cancelled();
    ++trial.tables;
    try {
      take_in(trial, types, source.describe({listed.name, ""}), listed.name);
    } catch (const workers::TaskFailed& failure) {
      if (is_gone(failure)) throw;
      trial.troubles.push_back({listed.name.display(), failure.error() + ": " + failure.what()});
    }
  }
  for (const auto& [type, found] : types)
    trial.types.push_back(read_some(source, type, found, rows, stop));
  return trial;
}

}  // namespace orch::connectors
