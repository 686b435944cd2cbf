#include "workers/postgres/rows.h"

#include <fmt/format.h>

#include "workers/postgres/copy_format.h"
#include "workers/postgres/session.h"

namespace orch::postgres {
namespace {

constexpr std::int64_t rows_between_looks = 4'096;

}  // namespace

void copy_rows(pg::Connection& connection, const std::string& select, data::RowFormat format,
               const std::function<void(std::string_view)>& take,
               const std::function<bool()>& stop) {
  const bool binary = format != data::RowFormat::pg_text;
  const AlsoStop also(connection, stop);
  pg::CopyOut copy(connection,
                   fmt::format("COPY ({}) TO STDOUT{}", select, binary ? " (FORMAT binary)" : ""));
  std::string_view row;
  for (std::int64_t count = 0; copy.next(row); ++count) {
    if (count % rows_between_looks == 0 && connection.stop_requested()) throw pg::Stopped();
    if (binary && count == 0 && row.starts_with(copy_header)) row.remove_prefix(copy_header.size());
    if (binary && (row.empty() || row == copy_trailer)) continue;
    take(row);
  }
}

data::Digest digest_of(pg::Connection& connection, const std::string& select,
                       data::RowFormat format, const std::function<bool()>& stop) {
  data::Digest sum;
  copy_rows(
      connection, select, format, [&](std::string_view row) { sum.add(row); }, stop);
  return sum;
}

}  // namespace orch::postgres
