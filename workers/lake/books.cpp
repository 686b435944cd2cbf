#include "workers/lake/books.h"

#include <array>
#include <system_error>

#include <fmt/format.h>

#include "orchestrator/base/read_file.h"
#include "orchestrator/base/replace_file.h"
#include "orchestrator/json/text.h"

namespace orch::lake {
namespace {

namespace bj = boost::json;

/// A load is published again only soon after; older evidence is in the log.
constexpr std::int64_t versions_kept_at_hand = 1'000;

constexpr std::array fence_columns{"table_schema", "table_name", "store", "fence"};
constexpr std::array load_columns{"table_schema", "table_name",  "load_id",  "run",
                                  "store",        "fence",       "rows",     "digest",
                                  "position",     "fingerprint", "verified", "staged_at"};
constexpr std::array evidence_columns{
    "load_id",  "table_schema", "table_name", "run",         "store",      "fence",
    "strategy", "method",       "rows",       "digest",      "total_rows", "inserted",
    "updated",  "deleted",      "position",   "fingerprint", "detail",     "published_at"};

constexpr std::array file_columns{"table_schema", "table_name", "file", "digest",
                                  "bytes",        "modified",   "rows", "set_aside",
                                  "load_id",      "loaded_at"};

template <std::size_t count>
std::string list(const std::array<const char*, count>& columns) {
  std::string text;
  for (const auto* column : columns)
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", column);
  return text;
}

template <std::size_t count>
bj::array rows_of(publishing::Session& session, const char* table,
                  const std::array<const char*, count>& columns, const std::string& where = "") {
  bj::array all;
  for (const auto& row :
       session.rows(fmt::format("SELECT {} FROM orch.{}{}", list(columns), table, where), {})) {
    bj::object object;
    for (std::size_t i = 0; i < count; ++i) object[columns[i]] = row[i].value_or("");
    all.push_back(std::move(object));
  }
  return all;
}

template <std::size_t count>
bj::object row_of(publishing::Session& session, const char* table,
                  const std::array<const char*, count>& columns, const std::string& where = "") {
  auto rows = rows_of(session, table, columns, where);
  return rows.empty() ? bj::object() : std::move(rows.front().as_object());
}

template <std::size_t count>
void insert(publishing::Session& session, const char* table,
            const std::array<const char*, count>& columns, const bj::object& row) {
  publishing::Params params;
  std::string places;
  for (const auto* column : columns) {
    params.emplace_back(std::string(row.at(column).as_string()));
    places += fmt::format("{}${}", places.empty() ? "" : ", ", params.size());
  }
  session.execute(fmt::format("INSERT INTO orch.{} ({}) VALUES ({})", table, list(columns), places),
                  params);
}

bj::object object_of(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return {};
  return json::parse(read_file(file)).as_object();
}

void add_files(publishing::Session& session, const bj::array& rows) {
  for (const auto& row : rows) {
    const auto& file = row.as_object();
    session.execute(
        "DELETE FROM orch.file WHERE file = $1 AND digest = $2",
        {std::string(file.at("file").as_string()), std::string(file.at("digest").as_string())});
    insert(session, "file", file_columns, file);
  }
}

/// The ledger, and what loads brought that died before they had written it.
void read_ledger(publishing::Session& session, const Zone& zone, const std::string& table) {
  const auto ledger = object_of(zone.ledger(table));
  std::int64_t version = -1;
  if (!ledger.empty()) {
    version = ledger.at("version").as_int64();
    for (const auto& row : ledger.at("rows").as_array())
      insert(session, "file", file_columns, row.as_object());
  }
  for (const auto& info : delta::commit_infos(zone.table(table), version)) {
    const auto* evidence = info.if_contains("orch");
    const auto* files = evidence ? evidence->as_object().if_contains("files") : nullptr;
    if (!files) continue;
    if (files->at("afresh").as_bool()) session.execute("DELETE FROM orch.file", {});
    add_files(session, files->at("rows").as_array());
  }
}

}  // namespace

StagedFiles read_books(publishing::Session& session, const Zone& zone, const std::string& table,
                       std::int64_t version) {
  for (const auto* each : {"load", "fence", "evidence", "file"})
    session.execute(fmt::format("DELETE FROM orch.{}", each), {});
  StagedFiles staged;
  const auto state = object_of(zone.state(table));
  if (const auto* fence = state.if_contains("fence"))
    insert(session, "fence", fence_columns, fence->as_object());
  if (const auto* load = state.if_contains("load")) {
    insert(session, "load", load_columns, load->as_object());
    staged.fields = delta::fields_in(std::string(state.at("schema").as_string()));
    delta::Snapshot files;
    for (const auto& action : state.at("files").as_array()) files.apply(action.as_object());
    staged.files = delta::files_of(files);
  }
  for (const auto& info : delta::commit_infos(zone.table(table), version - versions_kept_at_hand))
    if (const auto* evidence = info.if_contains("orch"))
      insert(session, "evidence", evidence_columns, evidence->as_object());
  read_ledger(session, zone, table);
  return staged;
}

void write_state(publishing::Session& session, const Zone& zone, const std::string& table,
                 const StagedFiles& staged) {
  bj::object state;
  if (auto fence = row_of(session, "fence", fence_columns); !fence.empty())
    state["fence"] = std::move(fence);
  if (auto load = row_of(session, "load", load_columns); !load.empty()) {
    state["load"] = std::move(load);
    state["schema"] = delta::schema_text(staged.fields);
    bj::array files;
    for (const auto& file : staged.files) files.push_back(delta::add_action(file));
    state["files"] = std::move(files);
  }
  replace_file(zone.state(table), json::write(state), "orch");
}

bj::object files_brought(publishing::Session& session, const std::string& load) {
  const auto is_its = "load_id = " + duckdb::literal(load);
  auto rows = rows_of(session, "file", file_columns, " WHERE " + is_its);
  if (rows.empty()) return {};
  const auto others =
      publishing::number(session, "SELECT count(*) FROM orch.file WHERE NOT " + is_its);
  return {{"afresh", others == 0}, {"rows", std::move(rows)}};
}

void write_ledger(publishing::Session& session, const Zone& zone, const std::string& table,
                  std::int64_t version) {
  const bj::object ledger{{"version", version}, {"rows", rows_of(session, "file", file_columns)}};
  replace_file(zone.ledger(table), json::write(ledger), "orch");
}

bj::object evidence_of(publishing::Session& session, const std::string& load) {
  return row_of(session, "evidence", evidence_columns, " WHERE load_id = " + duckdb::literal(load));
}

}  // namespace orch::lake
