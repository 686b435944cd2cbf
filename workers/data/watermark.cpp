#include "workers/data/watermark.h"

#include <fmt/format.h>

namespace orch::data {

std::string order_of(Kind kind) {
  switch (kind) {
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
    case Kind::float32:
    case Kind::float64:
    case Kind::numeric:
      return "number";
    case Kind::text:
      return "text";
    case Kind::bytes:
      return "bytes";
    case Kind::date:
      return "date";
    case Kind::time:
      return "time";
    case Kind::timestamp:
      return "timestamp";
    case Kind::timestamptz:
      return "timestamptz";
    case Kind::boolean:
    case Kind::uuid:
    case Kind::json:
    case Kind::any:
    case Kind::other:
      break;
  }
  return {};
}

workers::TaskFailed not_comparable(const std::string& column, const std::string& problem,
                                   const std::string& hint) {
  return {"Watermark.NotComparable",
          fmt::format("the watermark {}: {}", column, problem),
          hint,
          "ORCH-0521",
          {{"column", column}}};
}

std::string order_to_share(const Column& column) {
  auto order = order_of(column.kind);
  if (order == "text" || order == "bytes" || order.empty())
    throw not_comparable(column.name,
                         fmt::format("values of type {} have no order that the target shares",
                                     column.native.shown()),
                         "choose a column of numbers or points in time");
  return order;
}

void check_order(const WatermarkRange& range, const std::string& order) {
  if (range.after && !range.order.empty() && range.order != order)
    throw not_comparable(
        range.column,
        fmt::format("its values compare as {} now, and the last load ended at the {} {}", order,
                    range.order, *range.after),
        "empty the target to load the table from the beginning, or choose another watermark");
  const bool points_in_time = order == "date" || order == "timestamp" || order == "timestamptz";
  if (range.overlap.seconds >= 0 && !points_in_time)
    throw not_comparable(range.column,
                         fmt::format("the overlap is a duration, and the values are {}",
                                     order == "number" ? "numbers" : "no points in time"),
                         "give the overlap as a number");
  if (!range.overlap.number.empty() && order != "number")
    throw not_comparable(range.column, "the overlap is a number, and the values are none",
                         R"(give the overlap as a duration, such as "2h")");
}

}  // namespace orch::data
