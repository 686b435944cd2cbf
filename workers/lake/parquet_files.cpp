#include "workers/lake/parquet_files.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/public_file.h"
#include "workers/lake/zone.h"
#include "workers/worker.h"

namespace orch::lake {
namespace {

namespace fs = std::filesystem;

constexpr const char* file_options =
    "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE_BYTES '16MB'";
constexpr const char* null_folder = "__HIVE_DEFAULT_PARTITION__";

/// As Hive spells values in folders' names.
std::string folder_part(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.' || c == ' ';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

ParquetFiles::ParquetFiles(fs::path table, std::vector<delta::Field> fields,
                           std::vector<std::string> partition, std::string prefix)
    : table_(std::move(table)),
      fields_(std::move(fields)),
      partition_(std::move(partition)),
      prefix_(std::move(prefix)) {
  for (const auto& field : fields_)
    if (std::ranges::find(partition_, field.name) == partition_.end()) kept_.push_back(field);
}

void ParquetFiles::write(duckdb::Connection& connection, const std::string& from) {
  for (const auto& partition : partitions_of(connection, from))
    write_file(connection, from, partition);
}

std::vector<ParquetFiles::Partition> ParquetFiles::partitions_of(duckdb::Connection& connection,
                                                                 const std::string& from) {
  // A flag before each value: an empty text is not NULL, but no partition can say so.
  std::string columns = "''";
  for (const auto& name : partition_)
    columns += fmt::format(", CASE WHEN {0} IS NULL THEN 'null' ELSE '' END, CAST({0} AS VARCHAR)",
                           duckdb::quote(name));
  std::vector<Partition> found;
  const auto limit = partition_.empty() ? " LIMIT 1" : "";
  for (const auto& row :
       connection.texts(fmt::format("SELECT DISTINCT {} FROM {}{}", columns, from, limit))) {
    auto& partition = found.emplace_back();
    for (std::size_t i = 0; i < partition_.size(); ++i) {
      auto& value = partition[partition_[i]];
      if (row[2 * i + 1].empty()) value = row[2 * i + 2];
      if (value && value->empty())
        throw workers::TaskFailed(
            "Type.ValueRefused",
            fmt::format("{}.{}: an empty text is NULL as a partition of a Delta table",
                        table_.filename().string(), partition_[i]),
            "partition by another column, or leave such rows out by a \"where\"", "ORCH-0436",
            {{"column", partition_[i]}});
    }
  }
  return found;
}

std::string ParquetFiles::folder_of(const Partition& partition) const {
  std::string folder;
  for (const auto& name : partition_) {
    const auto& value = partition.at(name);
    folder += fmt::format("{}={}/", folder_part(name), value ? folder_part(*value) : null_folder);
  }
  return folder;
}

std::string ParquetFiles::condition(const Partition& partition) const {
  std::vector<std::string> terms;
  for (const auto& field : fields_) {
    const auto found = partition.find(field.name);
    if (found == partition.end()) continue;
    terms.push_back(fmt::format("{} IS NOT DISTINCT FROM CAST({} AS {})", duckdb::quote(field.name),
                                found->second ? duckdb::literal(*found->second) : "NULL",
                                field.type));
  }
  return terms.empty() ? "" : fmt::format(" WHERE {}", fmt::join(terms, " AND "));
}

void ParquetFiles::write_file(duckdb::Connection& connection, const std::string& from,
                              const Partition& partition) {
  std::vector<std::string> columns;
  for (const auto& field : kept_) columns.push_back(duckdb::quote(field.name));
  const auto folder = folder_of(partition);
  const auto path = folder + fmt::format("{}-{:05}.zstd.parquet", prefix_, ++number_);
  const auto file = table_ / path;
  fs::create_directories(file.parent_path());
  files_.push_back({path, partition, 0, millis_now(), {}});
  connection.exec(fmt::format("COPY (SELECT {} FROM {}{}) TO {} ({})", fmt::join(columns, ", "),
                              from, condition(partition), duckdb::literal(file.string()),
                              file_options));
  sync_path(file);
  for (auto at = file.parent_path(); at != table_.parent_path(); at = at.parent_path())
    sync_path(at);
  auto& written = files_.back();
  written.size = static_cast<std::int64_t>(fs::file_size(file));
  written.stats = statistics(connection, kept_,
                             fmt::format("(SELECT * FROM {}{})", from, condition(partition)));
}

void ParquetFiles::remove() noexcept {
  std::error_code ignored;
  for (const auto& file : files_) fs::remove(table_ / file.path, ignored);
  files_.clear();
}

}  // namespace orch::lake
