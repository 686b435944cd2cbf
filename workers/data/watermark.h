// What sources and steps agree on about watermarks.
#pragma once

#include <string>

#include "workers/data/source.h"
#include "workers/worker.h"

namespace orch::data {

/// How values of a kind compare where every value is of it: "number", "text", "time", "date",
/// "timestamp", "timestamptz", "bytes"; empty for kinds that have no order.
std::string order_of(Kind kind);

/// "Watermark.NotComparable" (ORCH-0521), with the column and what is wrong.
workers::TaskFailed not_comparable(const std::string& column, const std::string& problem,
                                   const std::string& hint);

/// order_of() the column's kind, where a target of another kind orders such values in the same way.
/// Throws not_comparable() for texts, bytes and what has no order.
std::string order_to_share(const Column& column);

/// Throws it when `range.after` is of another order than the values are now, or the overlap is no
/// distance in `order`.
void check_order(const WatermarkRange& range, const std::string& order);

}  // namespace orch::data
