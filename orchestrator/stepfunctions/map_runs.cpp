// ListMapRuns, DescribeMapRun, UpdateMapRun.
#include "orchestrator/stepfunctions/map_runs.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/execution/map_plan.h"
#include "orchestrator/stepfunctions/executions.h"
#include "orchestrator/stepfunctions/paging.h"
#include "orchestrator/stepfunctions/words.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;
using execution::EventType;

constexpr Length map_run_arn_length{1, 2000};

/// How a map run goes, by the history of its execution.
struct Course {
  Instant started;
  std::optional<Instant> ended;
  std::string_view status = "RUNNING";
  std::int64_t redrives = 0;
  Instant redriven;
  execution::MapPlan plan;
};

void note_end(Course& course, std::string_view status, Instant at) {
  course.status = status;
  course.ended = at;
}

Course course_of(Request& request, const store::ExecutionRow& row, execution::EventId map_run) {
  Course course;
  execution::Thread thread;
  const auto take = [&](const execution::Event& event) {
    if (event.id == map_run) {
      thread = event.thread;
      course.started = event.at;
      course.plan = execution::map_plan_from_json(event.payload->value());
    }
    if (event.id <= map_run || !(event.thread == thread)) return;
    if (event.type == EventType::map_run_succeeded) note_end(course, "SUCCEEDED", event.at);
    if (event.type == EventType::map_run_failed) note_end(course, "FAILED", event.at);
    if (event.type == EventType::map_run_aborted) note_end(course, "ABORTED", event.at);
    if (event.type == EventType::map_run_redriven) {
      course.status = "RUNNING";
      course.ended.reset();
      course.redrives = event.number;
      course.redriven = event.at;
    }
  };
  request.desk.reader->history(row.id, map_run - 1, take);
  if (!course.ended && row.ended_at) note_end(course, "ABORTED", *row.ended_at);
  return course;
}

store::ExecutionRow row_of(Request& request, store::ExecutionId id) {
  return request.desk.reader->find(id);
}

std::string arn_of(const Request& request, const store::ExecutionRow& row,
                   const std::string& name) {
  return store::map_run_arn(machine_arn_of(request, row), name);
}

std::string label_of(const std::string& name) { return name.substr(0, name.find(':')); }

Object list_item(Request& request, const store::ExecutionRow& row,
                 const store::MapRunRow& map_run) {
  const auto course = course_of(request, row, map_run.event);
  Object item{{"executionArn", execution_arn_of(request, row)},
              {"mapRunArn", arn_of(request, row, map_run.name)},
              {"stateMachineArn",
               fmt::format("{}/{}", machine_arn_of(request, row), label_of(map_run.name))},
              {"startDate", epoch_seconds(course.started)}};
  if (course.ended) item["stopDate"] = epoch_seconds(*course.ended);
  return item;
}

const char* member_of(execution::Status status) {
  switch (status) {
    case execution::Status::running:
      return "running";
    case execution::Status::succeeded:
      return "succeeded";
    case execution::Status::failed:
      return "failed";
    case execution::Status::timed_out:
      return "timedOut";
    case execution::Status::aborted:
      return "aborted";
  }
  return "failed";
}

/// The members of MapRunItemCounts and MapRunExecutionCounts; `all` is how many there are, when
/// that is known.
Object counts_of(const std::vector<store::ChildCounts>& children,
                 std::int64_t store::ChildCounts::*count, std::optional<std::int64_t> all,
                 bool over) {
  Object out;
  for (const char* name : {"pending", "running", "succeeded", "failed", "timedOut", "aborted"})
    out[name] = std::int64_t{0};
  std::int64_t begun = 0;
  std::int64_t running = 0;
  for (const auto& child : children) {
    out[member_of(child.status)] = child.*count;
    begun += child.*count;
    if (child.status == execution::Status::running) running = child.*count;
  }
  const auto total = all.value_or(begun);
  out["pending"] = total - begun;
  out["total"] = total;
  out["resultsWritten"] = over ? begun - running : std::int64_t{0};
  out["failuresNotRedrivable"] = std::int64_t{0};
  out["pendingRedrive"] = std::int64_t{0};
  return out;
}

/// The plan's number, unless an update has changed it.
template <class Value>
Value limit_of(const std::optional<Value>& updated, const std::optional<Value>& planned) {
  return updated ? *updated : planned.value_or(Value{0});
}

}  // namespace

store::MapRunRow find_map_run(Request& request, const std::string& arn) {
  const auto name = parse_map_run_arn(arn);
  auto row = request.desk.reader->find_map_run(name);
  if (!row) refuse_resource(arn);
  return std::move(*row);
}

std::optional<std::string> map_run_arn_of(Request& request, const store::ExecutionRow& child) {
  const auto& parent = child.made.parent;
  if (!parent) return std::nullopt;
  const auto row = row_of(request, parent->execution);
  for (const auto& map_run : request.desk.reader->map_runs(parent->execution)) {
    if (map_run.event == parent->map_run) return arn_of(request, row, map_run.name);
  }
  return std::nullopt;
}

Object list_map_runs(Request& request) {
  const auto arn = request.in.required("executionArn", {1, 256});
  const auto page = read_page(request, "map runs " + arn);
  const auto row = find_execution(request, arn);
  auto found = request.desk.reader->map_runs(row.id);
  std::reverse(found.begin(), found.end());  // newest first
  if (!page.behind.empty())
    std::erase_if(found, [&, behind = std::stoll(page.behind)](const store::MapRunRow& map_run) {
      return map_run.event >= behind;
    });
  Object out;
  end_page(request, page, found, out,
           [](const store::MapRunRow& map_run) { return std::to_string(map_run.event); });
  bj::array list;
  for (const auto& map_run : found) list.push_back(list_item(request, row, map_run));
  out["mapRuns"] = std::move(list);
  return out;
}

Object describe_map_run(Request& request) {
  const auto arn = request.in.required("mapRunArn", map_run_arn_length);
  request.in.check();
  const auto map_run = find_map_run(request, arn);
  const auto row = row_of(request, map_run.execution);
  const auto course = course_of(request, row, map_run.event);
  const auto children = request.desk.reader->count_children(row.id, map_run.event);
  const bool over = course.ended.has_value();
  Object out{{"mapRunArn", arn_of(request, row, map_run.name)},
             {"executionArn", execution_arn_of(request, row)},
             {"status", course.status},
             {"startDate", epoch_seconds(course.started)}};
  if (course.ended) out["stopDate"] = epoch_seconds(*course.ended);
  const auto& limits = map_run.limits;
  out["maxConcurrency"] = limit_of(limits.max_concurrency, course.plan.max_concurrency);
  out["toleratedFailureCount"] = limit_of(limits.tolerated_count, course.plan.tolerated_count);
  out["toleratedFailurePercentage"] =
      limit_of(limits.tolerated_percentage, course.plan.tolerated_percentage);
  out["itemCounts"] = counts_of(children, &store::ChildCounts::items, map_run.items, over);
  // How many children the rest of the items makes is known when they have been read.
  out["executionCounts"] = counts_of(children, &store::ChildCounts::children,
                                     course.plan.batcher ? std::nullopt : map_run.items, over);
  out["redriveCount"] = course.redrives;
  if (course.redrives > 0) out["redriveDate"] = epoch_seconds(course.redriven);
  return out;
}

Object update_map_run(Request& request) {
  auto& in = request.in;
  const auto arn = in.required("mapRunArn", map_run_arn_length);
  store::MapRunLimits limits;
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  limits.max_concurrency = in.integer("maxConcurrency", 0, most);
  limits.tolerated_count = in.integer("toleratedFailureCount", 0, most);
  limits.tolerated_percentage = in.number("toleratedFailurePercentage", 0, 100);
  in.check();
  const auto map_run = find_map_run(request, arn);
  if (!limits.max_concurrency && !limits.tolerated_count && !limits.tolerated_percentage)
    throw ServiceError("ValidationException",
                       "Request must contain at least one of maxConcurrency, "
                       "toleratedFailureCount and toleratedFailurePercentage");
  try {
    request.engine().update_map_run(map_run.name, limits);
  } catch (const Error& refused) {
    if (refused.code() != "ORCH-0205") throw;
    throw ServiceError("ValidationException",
                       fmt::format("Map Run is not running and cannot be updated: '{}'", arn));
  }
  return {};
}

}  // namespace orch::stepfunctions
