// The statement of Store::list().
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <boost/json/array.hpp>
#include <fmt/ranges.h>

#include "orchestrator/json/text.h"
#include "orchestrator/store/sqlite/rows.h"
#include "orchestrator/store/store.h"

namespace orch::store {

/// Rows of executions, newest first, with the columns of `row_columns`; its parameters are those of
/// with_parameters().
std::string list_query(const ListFilter& filter);

/// The parameters of list_query(), in the order of their numbers.
template <class Use>
auto with_parameters(const ListFilter& filter, const Use& use) {
  const auto ms = [](const Instant& at) { return at.time_since_epoch().count(); };
  std::optional<std::string> status;
  if (filter.status) status = to_string(*filter.status);
  std::optional<std::int64_t> not_before, before, behind_ms, behind_id, redriven, parent, map_run;
  std::optional<std::string> tag_key, tag_value, among, pipelines;
  if (filter.not_before) not_before = ms(*filter.not_before);
  if (filter.before) before = ms(*filter.before);
  if (filter.tag) std::tie(tag_key, tag_value) = *filter.tag;
  if (filter.among) {
    std::vector<std::int64_t> ids;
    for (const auto id : *filter.among) ids.push_back(number(id));
    among = fmt::format("[{}]", fmt::join(ids, ","));
  }
  if (filter.pipelines)
    pipelines = json::write(boost::json::array(filter.pipelines->begin(), filter.pipelines->end()));
  if (filter.redriven) redriven = *filter.redriven ? 1 : 0;
  if (filter.behind) {
    behind_ms = ms(filter.behind->first);
    behind_id = number(filter.behind->second);
  }
  if (filter.map_run) {
    parent = number(filter.map_run->first);
    map_run = filter.map_run->second;
  }
  return use(status, filter.workflow, not_before, filter.version, filter.alias, redriven, behind_ms,
             behind_id, parent, map_run, filter.pipeline, before, filter.named, filter.failed_by,
             tag_key, tag_value, among, pipelines, filter.limit);
}

}  // namespace orch::store
