#include "workers/publishing/file_ledger.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "workers/publishing/bookkeeping.h"

namespace orch::publishing {
namespace {

constexpr std::size_t rows_a_statement = 50;

void insert(Session& session, const data::TableName& table, const std::string& load,
            std::span<const data::LoadedFile> files) {
  Params params{table.schema, table.name, load};
  std::string values;
  for (const auto& file : files) {
    const auto at = params.size();
    values +=
        fmt::format("{}($1, $2, $3, ${}, ${}, ${}, ${}, ${}, ${}, {})", values.empty() ? "" : ", ",
                    at + 1, at + 2, at + 3, at + 4, at + 5, at + 6, session.dialect().now());
    params.insert(params.end(), {file.name, file.digest, std::to_string(file.bytes), file.modified,
                                 std::to_string(file.rows), std::to_string(file.set_aside)});
  }
  // A version that comes again, after another one, is the newest again.
  session.execute(
      fmt::format(
          "INSERT INTO {} (table_schema, table_name, load_id, file, digest, bytes, modified, rows, "
          "set_aside, loaded_at) VALUES {} ON CONFLICT (table_schema, table_name, "
          "file, digest) DO UPDATE SET bytes = excluded.bytes, modified = "
          "excluded.modified, rows = excluded.rows, set_aside = excluded.set_aside, "
          "load_id = excluded.load_id, loaded_at = excluded.loaded_at",
          session.dialect().bookkeeping("file"), values),
      params);
}

}  // namespace

std::vector<data::LoadedFile> read_files(Session& session, const data::TableName& table) {
  session.open_books(table);
  if (!session.has_bookkeeping()) return {};
  const auto found = session.rows(
      fmt::format("SELECT file, digest, bytes, modified, load_id, rows, set_aside FROM {} WHERE {} "
                  "ORDER BY file, loaded_at",
                  session.dialect().bookkeeping("file"), this_table),
      {table.schema, table.name});
  std::vector<data::LoadedFile> files;
  for (const auto& row : found) {
    if (!files.empty() && files.back().name == *row[0]) files.pop_back();
    files.push_back(
        {*row[0], *row[1], integer(row[2]), *row[3], *row[4], integer(row[5]), integer(row[6])});
  }
  return files;
}

void check_files(Session& session, const data::TableName& table, const data::LoadRecord& staged) {
  const auto files = data::files_in(staged.position);
  if (!files || files->afresh) return;
  const auto newest = newest_evidence(session, table);
  const auto found = newest ? newest->load : std::string();
  if (found == files->after_load) return;
  throw workers::TaskFailed(
      "Merge.Conflict",
      fmt::format("{}: the newest published load is {}, and the files were chosen after {}",
                  table.display(), newest ? found : "none",
                  files->after_load.empty() ? "none" : files->after_load),
      "another load was published in between: stage the table again", "ORCH-0505");
}

void write_files(Session& session, const data::TableName& table, const data::LoadRecord& record) {
  const auto load = data::files_in(record.position);
  if (!load) return;
  if (load->afresh)
    session.execute(
        fmt::format("DELETE FROM {} WHERE {}", session.dialect().bookkeeping("file"), this_table),
        {table.schema, table.name});
  const std::span<const data::LoadedFile> files = load->files;
  for (std::size_t i = 0; i < files.size(); i += rows_a_statement)
    insert(session, table, record.load.id,
           files.subspan(i, std::min(rows_a_statement, files.size() - i)));
}

}  // namespace orch::publishing
