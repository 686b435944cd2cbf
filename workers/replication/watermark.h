// Which rows a load with a watermark reads, and what its evidence says of it.
#pragma once

#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "workers/catalog/entry.h"
#include "workers/data/source.h"
#include "workers/data/target.h"

namespace orch::replication {

struct Watermark {
  data::WatermarkRange range;
  std::string target_column;
  std::string after_load;  ///< the published load that `range` goes on from; may be empty
  std::optional<std::string> reaches;  ///< append: largest value of the target when it was staged
};

/// Unset when the entry has no watermark, or replaces the table. `last` is the newest published
/// load: the range starts where that one ended. The first load reads everything, but for an append
/// into a table that has rows: it starts above the largest of them. Throws TaskFailed
/// "Schema.Mismatch" (ORCH-0435) when the watermark is not copied or rows have no key to be read
/// again by, "Watermark.NotComparable" (ORCH-0521) when source and target order its values
/// otherwise.
std::optional<Watermark> plan_watermark(const catalog::Entry& entry, const data::LoadPlan& plan,
                                        const std::optional<data::PublishedRecord>& last,
                                        data::Target& target);

/// Throws TaskFailed "Watermark.Nulls" (ORCH-0521) when there are rows without a value that the
/// entry does not include, "Watermark.NotComparable" when values have no place in the order.
void check_watermark(const catalog::Entry& entry, const data::WatermarkState& state);

/// {"column", "target_column", "after", "upto", "order", "nulls", "after_load", "reaches"?}: for
/// the position in the evidence, from which plan_watermark() goes on.
boost::json::object to_json(const Watermark& watermark, const data::WatermarkState& state);

}  // namespace orch::replication
