#include "workers/csv/inspect.h"

#include <utility>

#include <fmt/format.h>

#include "workers/csv/failures.h"
#include "workers/csv/file_rows.h"
#include "workers/csv/header.h"
#include "workers/csv/sniff.h"
#include "workers/files/infer.h"

namespace orch::csv {
namespace {

/// Takes the cells of all rows of one file, which are texts.
void take_file(const files::Store& store, const files::FileState& file, const Layout& layout,
               const files::TableFiles& table, std::vector<files::TextSurvey>& columns) {
  std::vector<std::size_t> all(columns.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  FileRows rows(layout, all, file.name, open_text(store, file), table.partitions_of(file));
  for (auto next = rows.next(); next != FileRows::Next::end; next = rows.next()) {
    if (next == FileRows::Next::fault) {
      const auto& fault = rows.fault();
      throw malformed(file.name, fault.line, fault.found, fault.expected,
                      "quote fields that hold the delimiter or a line break");
    }
    const auto cells = rows.cells();
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (cells[i].type != data::Cell::Type::null)
        columns[i].take(cells[i].bytes, file.name, rows.line());
  }
}

}  // namespace

data::FileFindings inspect(const files::Store& store, const data::Relation& relation,
                           const Options& connection) {
  const auto table = files_of(store, relation);
  auto sniffed = sniff(store, table.files.front(), connection);
  data::FileFindings found;
  auto& format = found.options.format;
  format.delimiter = sniffed.options.delimiter;
  format.quote = sniffed.options.quote;
  format.header = sniffed.options.header;
  format.null = sniffed.options.null;
  format.encoding = sniffed.options.encoding;
  auto pinned = relation;
  pinned.files = found.options;
  const auto layout = layout_of(store, table, pinned, connection);
  std::vector<files::TextSurvey> columns(layout.columns.size());
  for (const auto& file : table.files) take_file(store, file, layout, table, columns);
  std::vector<std::string> names;
  for (const auto& column : layout.columns) names.push_back(column.name);
  auto inferred = files::infer(names, columns);
  format.decimal_comma = inferred.format.decimal_comma;
  format.date = inferred.format.date;
  format.timestamp = inferred.format.timestamp;
  found.options.types = std::move(inferred.types);
  found.notes = std::move(sniffed.notes);
  found.notes.insert(found.notes.end(), inferred.notes.begin(), inferred.notes.end());
  return found;
}

}  // namespace orch::csv
