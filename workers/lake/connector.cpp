#include <utility>

#include "orchestrator/db/duckdb.h"
#include "workers/duckdb/duckdb.h"
#include "workers/lake/lake.h"

namespace orch::lake {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t most_hours = 24 * 3'660;
constexpr std::int64_t most_mib = 1'024;

/// What an entry of the connections file says of a zone.
struct Options {
  std::int64_t retention_hours = 168;
  std::int64_t file_mib = 64;
  std::map<std::string, std::vector<std::string>> partition_by;
};

class Folder final : public data::Connection {
 public:
  Folder(std::string path, Options options)
      : path_(std::move(path)), options_(std::move(options)) {}

  std::string display() const override { return "parquet:" + path_; }
  std::string database(const fs::path& folder) const override {
    return data::database_of_path("parquet", folder / path_);
  }
  std::unique_ptr<data::Source> open_source(const data::Opening& opening) const override {
    return duckdb::open_source(place(opening));
  }
  std::unique_ptr<data::Target> open_target(const data::Opening& opening) const override {
    Zone zone;
    zone.folder = fs::weakly_canonical(fs::absolute(opening.folder / path_));
    zone.display = display();
    zone.retention = std::chrono::hours(options_.retention_hours);
    zone.file_bytes = options_.file_mib * 1024 * 1024;
    zone.partition_by = options_.partition_by;
    if (opening.stop) zone.stop = opening.stop;
    return lake::open_target(std::move(zone));
  }
  /// A zone that is only written to need not exist yet.
  data::Health ping(const data::Opening& opening, data::Role role) const override {
    const auto path = fs::absolute(opening.folder / path_);
    if (role == data::Role::target && !fs::exists(path) && fs::is_directory(path.parent_path()))
      return {.degraded = {}, .version = "DuckDB " + duckdb::library_version()};
    return {.degraded = {}, .version = "DuckDB " + duckdb::ping(place(opening))};
  }

 private:
  duckdb::Place place(const data::Opening& opening) const {
    return {opening.folder / path_, true, display()};
  }

  std::string path_;
  Options options_;
};

std::map<std::string, std::vector<std::string>> read_partitions(json::Fields& fields) {
  std::map<std::string, std::vector<std::string>> all;
  const auto* tables = fields.object("partition_by");
  if (!tables) return all;
  json::Fields of_tables(*tables, fields.at("partition_by"), fields.problems());
  for (const auto& table : *tables) all[std::string(table.key())] = of_tables.strings(table.key());
  return all;
}

std::unique_ptr<data::Connection> parse(const std::string& url, json::Fields& fields) {
  auto path = data::path_of_url(url, fields);
  Options options;
  options.retention_hours = fields.integer("retention_hours", 1, most_hours).value_or(168);
  options.file_mib = fields.integer("file_mib", 1, most_mib).value_or(64);
  options.partition_by = read_partitions(fields);
  return std::make_unique<Folder>(std::move(path), std::move(options));
}

}  // namespace

const data::Connector& connector() {
  static const data::Connector made{
      .engine = "parquet",
      .schemes = {"parquet"},
      .url_form = "parquet:FOLDER",
      .can = {.source = true, .target = true},
      .names_path = true,
      .by_members = false,
      .secret = "",
      .naming = {},
      .parse = parse,
  };
  return made;
}

}  // namespace orch::lake
