#include <fmt/format.h>

#include "orchestrator/base/public_file.h"
#include "orchestrator/json/text.h"
#include "workers/delta/log.h"

namespace orch::delta {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

/// Columns of a checkpoint, as DuckDB reads them from lines of JSON.
constexpr const char* checkpoint_columns =
    "{protocol: 'STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER, readerFeatures "
    "VARCHAR[], writerFeatures VARCHAR[])', metaData: 'STRUCT(id VARCHAR, name VARCHAR, "
    "description VARCHAR, format STRUCT(provider VARCHAR, options MAP(VARCHAR, VARCHAR)), "
    "schemaString VARCHAR, partitionColumns VARCHAR[], createdTime BIGINT, configuration "
    "MAP(VARCHAR, VARCHAR))', \"add\": 'STRUCT(path VARCHAR, partitionValues MAP(VARCHAR, "
    "VARCHAR), "
    "size BIGINT, modificationTime BIGINT, dataChange BOOLEAN, stats VARCHAR)', remove: "
    "'STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN)', txn: 'STRUCT(appId "
    "VARCHAR, version BIGINT, lastUpdated BIGINT)'}";

std::string lines_of(const Snapshot& snapshot, std::int64_t& count) {
  std::string lines;
  const auto add = [&](const bj::object& action) {
    lines += json::write(action) + '\n';
    ++count;
  };
  add({{"protocol", snapshot.protocol}});
  add({{"metaData", snapshot.metadata}});
  for (const auto& [application, transaction] : snapshot.transactions) add({{"txn", transaction}});
  for (const auto& [path, file] : snapshot.files) {
    auto action = add_action(file);
    action["add"].as_object()["dataChange"] = false;
    add(action);
  }
  for (const auto& [path, file] : snapshot.removed) {
    auto action = remove_action({path, {}, 0, 0, {}}, file.removed);
    action["remove"].as_object()["dataChange"] = false;
    add(action);
  }
  return lines;
}

/// Removed with this object.
struct Temporary {
  fs::path path;
  explicit Temporary(fs::path at) : path(std::move(at)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
};

}  // namespace

void write_checkpoint(duckdb::Connection& connection, const fs::path& table,
                      const Snapshot& snapshot) {
  const auto folder = log_folder(table);
  const auto name = fmt::format("{:020}.checkpoint.parquet", snapshot.version);
  std::int64_t count = 0;
  const Temporary lines(folder / fmt::format(".{}.json.draft", name));
  const Temporary draft(folder / fmt::format(".{}.draft", name));
  exchange_file(lines.path, lines_of(snapshot, count));
  connection.exec(fmt::format(
      "COPY (SELECT * FROM read_json({}, format = 'newline_delimited', columns = {})) TO {} "
      "(FORMAT parquet)",
      duckdb::literal(lines.path.string()), checkpoint_columns,
      duckdb::literal(draft.path.string())));
  sync_path(draft.path);
  fs::rename(draft.path, folder / name);
  sync_path(folder);
  exchange_file(folder / "_last_checkpoint",
                json::write(bj::object{{"version", snapshot.version}, {"size", count}}));
}

}  // namespace orch::delta
