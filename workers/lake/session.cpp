#include "workers/lake/session.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/base/log.h"
#include "orchestrator/base/public_file.h"
#include "workers/duckdb/stop_watch.h"
#include "workers/lake/failures.h"
#include "workers/lake/leftovers.h"
#include "workers/lake/planning.h"
#include "workers/lake/strategies.h"

namespace orch::lake {
namespace {

namespace bj = boost::json;

constexpr std::int64_t versions_between_checkpoints = 10;

}  // namespace

duckdb::Connection connect(const Zone& zone, int threads) {
  duckdb::Connection connection(
      {.path = {},
       .threads = threads,
       .temporary_folder = std::filesystem::temp_directory_path() / "orch-duckdb"});
  connection.exec("SET GLOBAL TimeZone = 'UTC'");
  // Row groups are cut by bytes only where the order of rows may change.
  connection.exec("SET GLOBAL preserve_insertion_order = false");
  connection.confine({zone.folder.string()});
  return connection;
}

LakeSession::LakeSession(Zone zone, std::function<bool()> also)
    : zone_(std::move(zone)),
      stop_([stop = zone_.stop, also = std::move(also)] {
        return (stop && stop()) || (also && also());
      }),
      connection_(duckdb::classified([&] { return connect(zone_); })) {
  duckdb::classified([&] { duckdb::prepare_bookkeeping(connection_); });
}

LakeSession::~LakeSession() { rollback(); }

const publishing::Dialect& LakeSession::dialect() const { return lake::dialect(); }

void LakeSession::claim(const data::TableName& table, const data::LoadId& load) {
  table_ = table;
  load_ = load.id;
  run_ = load.run;
}

void LakeSession::open_books(const data::TableName& table) {
  if (lock_ && table == table_) return;
  read(table);
}

void LakeSession::read(const data::TableName& table) {
  in_zone([&] {
    snapshot_ = delta::read_log(connection_, zone_.table(table.name));
    staged_ = read_books(*this, zone_, table.name, snapshot_.version);
    table_ = table;
    show_rows();
  });
}

/// Views with the names that publishing says: the table, and the staged rows.
void LakeSession::show_rows() {
  const auto folder = zone_.table(table_.name);
  const auto show = [&](const data::TableName& name, const std::string& rows) {
    connection_.exec(
        fmt::format("CREATE OR REPLACE VIEW {} AS {}", dialect().qualified(name), rows));
  };
  if (!snapshot_.metadata.empty())
    show(table_,
         delta::select_rows(folder, delta::fields_of(snapshot_), delta::files_of(snapshot_)));
  if (!staged_.fields.empty())
    show(dialect().staging(table_, {}), delta::select_rows(folder, staged_.fields, staged_.files));
}

void LakeSession::begin() {
  in_zone([&] {
    lock_ = std::make_unique<TableLock>(zone_, table_.name, stop_);
    connection_.exec("BEGIN TRANSACTION");
    added_.clear();
    removed_.clear();
    created_ = false;
    read(table_);
  });
}

void LakeSession::rollback() noexcept {
  for (auto& files : written_) files.remove();
  written_.clear();
  if (!lock_) return;
  try {
    connection_.exec("ROLLBACK");
  } catch (const duckdb::Error&) {
    // There is nothing to roll back: the database is this session's alone.
  }
  lock_.reset();
}

void LakeSession::commit() {
  in_zone([&] {
    if (auto evidence = evidence_of(*this, load_); !evidence.empty()) {
      auto files = files_brought(*this, load_);
      const bool ledger = !files.empty();
      if (ledger) evidence["files"] = std::move(files);
      publish(evidence);
      if (ledger) write_ledger(*this, zone_, table_.name, snapshot_.version);
    }
    written_.clear();
    write_state(*this, zone_, table_.name, staged_);
    connection_.exec("COMMIT");
    lock_.reset();
  });
}

void LakeSession::publish(const bj::object& evidence) {
  const auto table = zone_.table(table_.name);
  std::filesystem::create_directories(delta::log_folder(table));
  const auto next = snapshot_.version + 1;
  const auto all = actions(evidence);
  fault::point("lake.before_log");
  if (!delta::commit(table, next, all))
    throw data::DatabaseError(
        data::ErrorClass::locked,
        fmt::format("another writer has published version {} of the table {}", next, table_.name),
        "it is tried again on top of that version");
  fault::point("lake.after_log");
  for (const auto& action : all) snapshot_.apply(action);
  snapshot_.version = next;
  if (next > 0 && next % versions_between_checkpoints == 0) write_checkpoint();
}

std::vector<bj::object> LakeSession::actions(const bj::object& evidence) const {
  const bool append = removed_.empty();
  std::vector<bj::object> all;
  all.push_back({{"commitInfo",
                  {{"timestamp", millis_now()},
                   {"operation", created_ ? "CREATE TABLE AS SELECT" : "WRITE"},
                   {"operationParameters", {{"mode", append ? "Append" : "Overwrite"}}},
                   {"readVersion", snapshot_.version},
                   {"isBlindAppend", append},
                   {"engineInfo", "orch"},
                   {"orch", evidence}}}});
  if (created_) {
    all.push_back({{"protocol", snapshot_.protocol}});
    all.push_back({{"metaData", snapshot_.metadata}});
  }
  for (const auto& file : removed_) all.push_back(delta::remove_action(file, millis_now()));
  for (const auto& file : added_) all.push_back(delta::add_action(file));
  return all;
}

/// The log is whole without it.
void LakeSession::write_checkpoint() noexcept {
  try {
    auto kept = snapshot_;
    const auto since = millis_of(std::chrono::system_clock::now() - zone_.retention);
    std::erase_if(kept.removed, [&](const auto& file) { return file.second.removed < since; });
    delta::write_checkpoint(connection_, zone_.table(table_.name), kept);
  } catch (const std::exception& error) {
    log::warn("no checkpoint of the table {}: {}", table_.name, error.what());
  }
}

std::optional<publishing::TableFacts> LakeSession::facts(const data::TableName& table) {
  return in_zone([&] {
    open_books(table);
    return facts_of(table, snapshot_);
  });
}

std::optional<std::string> LakeSession::high_watermark(const data::TableName& table,
                                                       const std::string& column) {
  const auto found = facts(table);
  return found ? largest(found->rows, column) : std::nullopt;
}

data::LoadPlan LakeSession::plan(const data::PlanRequest& request) {
  return in_zone([&] {
    open_books(request.target);
    return make_plan(zone_, request, snapshot_);
  });
}

void LakeSession::create_table(const data::LoadPlan& plan) {
  in_zone([&] {
    make_table(zone_, plan, snapshot_);
    created_ = true;
    show_rows();
  });
}

const publishing::RowStrategy* LakeSession::strategy(data::Strategy strategy) {
  strategy_ = make_strategy(*this, strategy);
  return strategy_.get();
}

std::vector<std::string> LakeSession::partition_of(const data::LoadPlan& plan) {
  return in_zone([&] {
    open_books(plan.request.target);
    auto snapshot = snapshot_;
    if (snapshot.metadata.empty()) make_table(zone_, plan, snapshot);
    return delta::partition_columns(snapshot);
  });
}

std::vector<data::TableName> LakeSession::tables_with_books() {
  std::vector<data::TableName> tables;
  for (auto& name : tables_with_state(zone_)) tables.push_back({"", std::move(name)});
  return tables;
}

void LakeSession::discard_staged(const data::TableName&) {
  stage({});
  remove_leftovers();
}

void LakeSession::stage(StagedFiles files) { staged_ = std::move(files); }

void LakeSession::remove_leftovers() {
  in_zone([&] { lake::remove_leftovers(zone_, table_.name, snapshot_, staged_.files); });
}

std::string LakeSession::rows_with_files() const {
  return delta::select_rows(zone_.table(table_.name), delta::fields_of(snapshot_),
                            delta::files_of(snapshot_), true);
}

std::string LakeSession::rows_of(const std::vector<delta::AddedFile>& files) const {
  return delta::select_rows(zone_.table(table_.name), delta::fields_of(snapshot_), files);
}

const delta::AddedFile& LakeSession::file_named(const std::string& filename) const {
  return snapshot_.files.at(
      std::filesystem::path(filename).lexically_relative(zone_.table(table_.name)).string());
}

std::vector<delta::AddedFile> LakeSession::write_files(const std::string& from) {
  return in_zone([&] {
    auto prefix =
        fmt::format("{}-m{:02}", file_prefix(run_, load_ + std::to_string(snapshot_.version)),
                    written_.size() + 1);
    auto& files = written_.emplace_back(zone_.table(table_.name), delta::fields_of(snapshot_),
                                        delta::partition_columns(snapshot_), std::move(prefix));
    const duckdb::StopWatch watch(connection_, stop_);
    files.write(connection_, from);
    return files.files();
  });
}

void LakeSession::exchange_files(const std::vector<delta::AddedFile>& added,
                                 const std::vector<delta::AddedFile>& removed) {
  in_zone([&] {
    added_ = added;
    removed_ = removed;
    for (const auto& file : removed) snapshot_.files.erase(file.path);
    for (const auto& file : added) snapshot_.files[file.path] = file;
    show_rows();
  });
}

}  // namespace orch::lake
