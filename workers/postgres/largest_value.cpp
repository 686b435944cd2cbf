#include "workers/postgres/largest_value.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/postgres/select.h"
#include "workers/postgres/session.h"

namespace orch::postgres {
namespace {

/// SQL of what names a row for people: its key, or its place in the table.
std::string row_of(const Described& described) {
  std::vector<std::string> parts;
  for (const auto& column : described.table.key)
    parts.push_back(fmt::format("{} || {}::text", pg::literal(column + " = "), pg::quote(column)));
  if (!parts.empty()) return fmt::format("{}", fmt::join(parts, " || ', ' || "));
  return described.relkind == 'r' ? "'ctid = ' || ctid::text" : "'no key'";
}

bool has_any_size(const data::Column& column) {
  return column.kind == data::Kind::text || column.kind == data::Kind::bytes ||
         column.kind == data::Kind::json || column.kind == data::Kind::other;
}

}  // namespace

LargestValue::LargestValue(Settings settings, const Described& described,
                           const data::ReadRequest& request)
    : settings_(std::move(settings)),
      from_(from_clause(request.from) + where_clause(request.where)),
      row_(row_of(described)) {
  for (const auto& column : described.table.columns) {
    const auto& read = request.columns;
    if (has_any_size(column) && std::find(read.begin(), read.end(), column.name) != read.end())
      columns_.push_back(column);
  }
}

std::string LargestValue::find() const {
  const auto session = connect_to_all_rows(settings_);
  auto& connection = *session;
  const pg::Transaction reading(connection, "BEGIN READ ONLY");
  std::int64_t most = -1;
  std::string words = "no single value is";
  for (const auto& column : columns_) {
    const bool plain = column.kind == data::Kind::text || column.kind == data::Kind::bytes;
    const auto found = connection.exec(
        fmt::format("SELECT {}, octet_length({}{}) FROM {} ORDER BY 2 DESC NULLS LAST LIMIT 1",
                    row_, pg::quote(column.name), plain ? "" : "::text", from_));
    if (found.rows() == 0 || found.null(0, 1) || found.int64(0, 1) <= most) continue;
    most = found.int64(0, 1);
    words = fmt::format("column \"{}\" of the row with {} has {} bytes", column.name,
                        found.text(0, 0), most);
  }
  return words;
}

workers::TaskFailed value_too_large(const data::Place& place, const std::string& which) {
  return {"Source.ValueTooLarge",
          fmt::format("{}: {}: a row is larger than largest_row_mib allows: {}", place.display,
                      place.doing, which),
          "exclude the column, leave the row out with \"where\", or raise largest_row_mib of the "
          "source's connection: reading takes three times as much memory",
          "ORCH-0446"};
}

}  // namespace orch::postgres
