// The plan of a table as JSON: the documented output of `orch plan -o json`.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "workers/data/target.h"
#include "workers/replication/catalog_check.h"

namespace orch::replication {

/// "exchange", "writers", "rows", "database" or "none".
std::string_view lock_name(data::PublishWay::Lock lock);

/// [{"source", "source_type", "target", "target_type", "may_refuse", "may_lose"}]
boost::json::array plan_columns(const data::LoadPlan& plan);

/// Why fewer parts than the plan's would do as well on this machine; empty when they would not.
std::string parts_advice(const data::LoadPlan& plan);

/// {"key", "source", "target", "strategy", "problems"}, and unless it is refused "method", "parts",
/// "parts_advice"?, "creates", "publish", "lock", "rows", "bytes", "after", "columns"; "grants"
/// where rights of the target are missing.
boost::json::object plan_document(const TablePlan& table);

}  // namespace orch::replication
