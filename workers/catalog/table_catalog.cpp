// A catalog that is kept in a table: one row an entry.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/json/fields.h"
#include "orchestrator/json/text.h"
#include "workers/catalog/catalog.h"
#include "workers/rows/value.h"

namespace orch::catalog {
namespace {

using Row = std::vector<std::optional<std::string>>;

/// How the text of a column becomes a member of an entry.
enum class Form : std::uint8_t { text, number, list, json };

struct TableColumn {
  std::string_view name;
  std::string_view outer;  ///< the entry's member
  std::string_view inner;  ///< the member of that, or empty
  Form form;
};

constexpr std::array table_columns = {
    TableColumn{"key", "key", "", Form::text},
    TableColumn{"source_connection", "source", "connection", Form::text},
    TableColumn{"source_schema", "source", "schema", Form::text},
    TableColumn{"source_table", "source", "table", Form::text},
    TableColumn{"source_query", "source", "query", Form::text},
    TableColumn{"target_connection", "target", "connection", Form::text},
    TableColumn{"target_schema", "target", "schema", Form::text},
    TableColumn{"target_table", "target", "table", Form::text},
    TableColumn{"strategy", "strategy", "", Form::text},
    TableColumn{"key_columns", "key_columns", "", Form::list},
    TableColumn{"columns", "columns", "", Form::json},
    TableColumn{"exclude", "exclude", "", Form::list},
    TableColumn{"where", "where", "", Form::text},
    TableColumn{"watermark_column", "watermark", "column", Form::text},
    TableColumn{"watermark_nulls", "watermark", "nulls", Form::text},
    TableColumn{"watermark_overlap", "watermark", "overlap", Form::text},
    TableColumn{"parts", "parts", "", Form::number},
    TableColumn{"checks", "checks", "", Form::json},
    TableColumn{"reconcile", "reconcile", "", Form::text},
    TableColumn{"tags", "tags", "", Form::list},
    TableColumn{"accepted_schema", "accepted_schema", "", Form::text},
};

constexpr std::string_view whole_entry = "entry";

/// Keeps every row as texts.
class Collector final : public data::RowSink {
 public:
  void rows(const data::RowBatch& batch) override {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      auto& row = found.emplace_back();
      for (const auto& cell : batch.row(i)) row.push_back(text_of(cell));
    }
  }
  void encoded(std::string_view) override {}  // never with RowFormat::cells

  std::vector<Row> found;

 private:
  std::optional<std::string> text_of(const data::Cell& cell) {
    if (cell.type == data::Cell::Type::blob) return std::string(cell.bytes);
    const auto text = rows::text_of(cell, scratch_);
    return text ? std::optional<std::string>(*text) : std::nullopt;
  }

  std::string scratch_;
};

std::vector<Row> read_rows(data::Source& source, const data::Relation& from,
                           const std::vector<std::string>& columns) {
  data::ReadRequest request;
  request.from = from;
  request.columns = columns;
  Collector collector;
  for (const auto& reader : source.open(request)) reader->read(collector, [] { return false; });
  return std::move(collector.found);
}

boost::json::array comma_list(std::string_view text) {
  boost::json::array list;
  while (!text.empty()) {
    const auto comma = text.find(',');
    auto item = text.substr(0, comma);
    text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) list.emplace_back(boost::json::string(item));
  }
  return list;
}

/// Throws json::SyntaxError.
boost::json::value value_of(const std::string& text, Form form) {
  switch (form) {
    case Form::text:
      return boost::json::string(text);
    case Form::list:
      if (!text.starts_with('[')) return comma_list(text);
      break;
    default:
      break;
  }
  return json::parse(text);
}

void put(boost::json::object& entry, const TableColumn& column, boost::json::value value) {
  if (column.inner.empty()) {
    entry[{column.outer.data(), column.outer.size()}] = std::move(value);
    return;
  }
  auto& outer = entry[{column.outer.data(), column.outer.size()}];
  if (!outer.is_object()) outer = boost::json::object();
  outer.as_object()[{column.inner.data(), column.inner.size()}] = std::move(value);
}

/// One row as an entry; what cannot be read is a problem at `pointer`.
boost::json::value entry_of(const Row& row, const std::vector<const TableColumn*>& columns,
                            const std::string& pointer, json::Problems& problems) {
  boost::json::object entry;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!row[i]) continue;
    const auto* column = columns[i];
    try {
      if (!column) return json::parse(*row[i]);
      put(entry, *column, value_of(*row[i], column->form));
    } catch (const json::SyntaxError& error) {
      problems.push_back({pointer, fmt::format("the column {} is not JSON: {}",
                                               column ? column->name : whole_entry, error.what())});
    }
  }
  return entry;
}

/// The meaning of each column; null for one that holds a whole entry.
std::vector<const TableColumn*> meanings(const std::vector<std::string>& names,
                                         json::Problems& problems) {
  std::vector<std::string> known{std::string(whole_entry)};
  for (const auto& column : table_columns) known.emplace_back(column.name);
  std::vector<const TableColumn*> columns;
  for (const auto& name : names) {
    const auto* found = std::find_if(table_columns.begin(), table_columns.end(),
                                     [&](const auto& column) { return column.name == name; });
    if (found == table_columns.end() && !(name == whole_entry && names.size() == 1))
      problems.push_back(
          {"",
           fmt::format("a catalog's table has no column \"{}\"{}", name, did_you_mean(name, known)),
           "or one column, entry, with each entry as JSON"});
    columns.push_back(found == table_columns.end() ? nullptr : found);
  }
  return columns;
}

}  // namespace

Catalog load_catalog_table(const connectors::Connections& connections,
                           const std::string& connection, const data::Relation& from) {
  const auto name =
      fmt::format("the catalog {} of {}",
                  from.query.empty() ? from.table.display() : std::string("query"), connection);
  auto source = connections.open_source(connection);
  std::vector<std::string> names;
  for (const auto& column : source->describe(from).columns) names.push_back(column.name);
  json::Problems problems;
  const auto columns = meanings(names, problems);
  boost::json::array tables;
  if (problems.empty()) {
    for (const auto& row : read_rows(*source, from, names))
      tables.push_back(entry_of(row, columns, fmt::format("/tables/{}", tables.size()), problems));
  }
  if (!problems.empty()) throw InvalidDocument("ORCH-0310", name, std::move(problems));
  auto catalog =
      parse_catalog(boost::json::object{{"version", 1}, {"tables", std::move(tables)}}, name);
  catalog.identity =
      fmt::format("table {} of {}", from.table.display(), connections.database(connection));
  return catalog;
}

}  // namespace orch::catalog
