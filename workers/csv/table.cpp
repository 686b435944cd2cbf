#include "workers/csv/table.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/utf8.h"
#include "workers/csv/failures.h"
#include "workers/csv/header.h"
#include "workers/data/plan_json.h"
#include "workers/files/landing.h"

namespace orch::csv {
namespace {

/// Why a file is not taken by a discovery; empty when it is.
std::string why_left_out(const std::string& file, const Options& options) {
  if (valid_prefix(file) != file.size()) return "its name is not UTF-8";
  for (const auto* packed : {".zip", ".bz2", ".xz"})
    if (files::same_ending(file, packed)) return "it is packed: unpack it, or use gzip or zstd";
  if (files::table_name(file, endings).empty())
    return fmt::format(
        "its name does not end in .csv; an entry of the catalog can name it all the "
        "same: \"table\": \"{}\"",
        file);
  if (options.delimiter != '\t' && !files::same_ending(files::unpacked_name(file), ".csv"))
    return R"(tabs separate its fields: make a connection with "csv": {"delimiter": "\t"} for it)";
  return {};
}

data::Column column_of(const std::string& name, const data::FileOptions& rules) {
  data::Column column;
  column.name = name;
  column.kind = data::Kind::text;
  for (const auto& [pinned, kind] : rules.types)
    if (pinned == name) column.kind = kind;
  column.native = std::string(data::kind_name(column.kind));
  return column;
}

}  // namespace

std::vector<data::Listed> list_tables(const files::Store& store, const Options& options) {
  return files::list_tables(store, endings,
                            [&](const std::string& file) { return why_left_out(file, options); });
}

Options options_of(const data::Relation& relation, const Options& connection) {
  const auto& format = relation.files.format;
  auto options = connection;
  options.delimiter = format.delimiter.value_or(options.delimiter);
  options.quote = format.quote.value_or(options.quote);
  options.header = format.header.value_or(options.header);
  options.null = format.null.value_or(options.null);
  options.encoding = format.encoding.value_or(options.encoding);
  return options;
}

files::TableFiles files_of(const files::Store& store, const data::Relation& relation) {
  if (!relation.chosen) return files::present_files(store, relation.table.name, endings);
  auto table = files::table_files(store, relation.table.name, endings);
  files::choose(table, *relation.chosen);
  return table;
}

Layout layout_of(const Options& options, std::vector<std::string> header,
                 std::vector<std::string> partitions, const data::FileOptions& rules,
                 const std::string& file) {
  Layout layout{options, std::move(header), std::move(partitions), {}, rules};
  for (const auto& name : layout.partitions)
    if (std::ranges::find(layout.header, name) != layout.header.end())
      throw malformed(file, 1, fmt::format("column \"{}\"", name),
                      "no column of that name, for a folder gives it");
  for (const auto& name : layout.header) layout.columns.push_back(column_of(name, rules));
  for (const auto& name : layout.partitions) layout.columns.push_back(column_of(name, rules));
  for (const auto& [name, kind] : rules.types)
    if (std::ranges::find(layout.columns, name, &data::Column::name) == layout.columns.end())
      throw malformed(file, 1, fmt::format("the columns {}", fmt::join(layout.header, ", ")),
                      fmt::format("a column \"{}\", which the catalog gives a type", name),
                      "correct \"types\" and \"format\" of the entry's source, or the file");
  return layout;
}

Layout layout_of(const files::Store& store, const files::TableFiles& table,
                 const data::Relation& relation, const Options& connection) {
  const auto options = options_of(relation, connection);
  return layout_of(options, header_of(store, table.files, options), files::partition_names(table),
                   relation.files, table.files.front().name);
}

}  // namespace orch::csv
