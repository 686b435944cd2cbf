// StartExecution, DescribeExecution, ListExecutions, StopExecution, RedriveExecution,
// StartSyncExecution.
#include "orchestrator/stepfunctions/executions.h"

#include <charconv>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/map_runs.h"
#include "orchestrator/stepfunctions/paging.h"
#include "orchestrator/stepfunctions/resolve.h"
#include "orchestrator/stepfunctions/start.h"
#include "orchestrator/stepfunctions/syntax.h"
#include "orchestrator/stepfunctions/words.h"
#include "orchestrator/store/redaction.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

constexpr Length error_length{0, 256};
constexpr Length cause_length{0, 32'768};
constexpr std::int64_t billed_step_ms = 100;

constexpr Millis redrivable_for = std::chrono::hours(24 * 14);

Starting starting_of(Request& request) {
  return {*request.desk.reader, request.desk.options, request.place()};
}

Submit submit_of(Request& request) {
  return [&](engine::Submission submission) {
    submission.starter = request.call.starter;
    return request.engine().submit(submission);
  };
}

std::string_view redrive_refusal(const store::ExecutionRow& row) {
  if (row.made.parent) return "Child executions are redriven with their Map Run";
  if (row.ended_at && row.status != execution::Status::succeeded &&
      wall_now() - row.made.started_at > redrivable_for)
    return "Execution was started more than 14 days ago and cannot be redriven";
  switch (row.status) {
    case execution::Status::succeeded:
      return "Execution is SUCCEEDED and cannot be redriven";
    case execution::Status::running:
      return "Execution is RUNNING and cannot be redriven";
    default:
      return {};
  }
}

Instant latest_redrive(Request& request, const store::ExecutionRow& row) {
  Instant latest{};
  request.desk.reader->history(row.id, 0, [&](const execution::Event& event) {
    if (event.type == execution::EventType::execution_redriven) latest = event.at;
  });
  return latest;
}

void add_redrives(Request& request, const store::ExecutionRow& row, Object& out) {
  out["redriveCount"] = row.redrive_count;
  if (row.redrive_count > 0) out["redriveDate"] = epoch_seconds(latest_redrive(request, row));
}

void add_failure(const store::ExecutionRow& row, Object& out) {
  if (row.error) out["error"] = *row.error;
  if (row.cause) out["cause"] = *row.cause;
}

void add_data(const store::ExecutionRow& row, bool included, Object& out) {
  if (included) out["input"] = row.made.input;
  out["inputDetails"] = Object{{"included", included}};
  if (!row.output) return;
  if (included) out["output"] = *row.output;
  out["outputDetails"] = Object{{"included", included}};
}

Object list_item(Request& request, const store::ExecutionRow& row) {
  const auto machine = machine_arn_of(request, row);
  Object out{{"executionArn", execution_arn_of(request, row)},
             {"stateMachineArn", machine},
             {"name", row.made.name},
             {"status", execution::to_string(row.status)},
             {"startDate", epoch_seconds(row.made.started_at)}};
  if (row.ended_at) out["stopDate"] = epoch_seconds(*row.ended_at);
  add_qualified_arns(machine, row.made.service, out);
  add_redrives(request, row, out);
  if (auto map_run = map_run_arn_of(request, row)) {
    out["mapRunArn"] = *map_run;
    out["itemCount"] = row.made.parent->items;
  }
  return out;
}

std::string place_of(const store::ExecutionRow& row) {
  return fmt::format("{} {}", row.made.started_at.time_since_epoch().count(),
                     static_cast<std::int64_t>(row.id));
}

std::pair<Instant, store::ExecutionId> read_place(const std::string& text) {
  const auto space = text.find(' ');
  return {Instant{Millis{std::stoll(text.substr(0, space))}},
          store::ExecutionId{std::stoll(text.substr(space + 1))}};
}

// Which executions the machine, version or alias of `arn` has.
store::ListFilter filter_of(Request& request, const std::string& arn) {
  const auto target = resolve(request.machines(), arn);
  if (target.machine.express)
    throw ServiceError("StateMachineTypeNotSupported",
                       "This operation is not supported by this type of state machine");
  store::ListFilter filter;
  filter.workflow = target.machine.name;
  // A machine of the same name may have been deleted before.
  if (target.machine.id > 0) filter.not_before = target.machine.created_at;
  if (!target.alias.empty())
    filter.alias = target.alias;
  else if (target.version)
    filter.version = target.version->number;
  return filter;
}

store::ListFilter children_of(Request& request, const std::string& arn) {
  const auto map_run = find_map_run(request, arn);
  store::ListFilter filter;
  filter.map_run = {map_run.execution, map_run.event};
  return filter;
}

}  // namespace

store::ExecutionRow find_execution(Request& request, const std::string& arn) {
  const auto named = parse_execution_arn(arn);
  auto row = request.desk.reader->find_name(named.machine, named.name);
  if (!row || row->made.service.express)
    throw ServiceError("ExecutionDoesNotExist", fmt::format("Execution Does Not Exist: '{}'", arn));
  return std::move(*row);
}

std::string execution_arn_of(const Request& request, const store::ExecutionRow& row) {
  const auto& made = row.made;
  return made.service.arn.empty() ? request.place().execution(made.workflow, made.name)
                                  : made.service.arn;
}

std::string machine_arn_of(const Request& request, const store::ExecutionRow& row) {
  const auto& made = row.made;
  return made.service.machine_arn.empty() ? request.place().machine(made.workflow)
                                          : made.service.machine_arn;
}

void add_qualified_arns(const std::string& machine_arn, const store::ServiceLink& service,
                        Object& out) {
  if (service.version)
    out["stateMachineVersionArn"] = fmt::format("{}:{}", machine_arn, *service.version);
  if (!service.alias.empty())
    out["stateMachineAliasArn"] = fmt::format("{}:{}", machine_arn, service.alias);
}

Object start_execution(Request& request) {
  return start_execution(request.in, starting_of(request), submit_of(request));
}

std::optional<Object> start_sync_execution(Request& request) {
  auto& call = request.call;
  if (call.memory.empty()) {
    request.in.one_of("includedData", {"ALL_DATA", "METADATA_ONLY"});
    call.memory = start_express(request.in, starting_of(request), submit_of(request));
  }
  const auto row = request.desk.reader->find(call.memory);
  if (row.status == execution::Status::running && !call.last) {
    call.subject = engine::RunName{row.made.run_id};
    return std::nullopt;
  }
  const auto& made = row.made;
  const auto ended = row.ended_at.value_or(wall_now());
  const auto duration = (ended - made.started_at).count();
  Object out{
      {"executionArn", made.service.arn},
      {"stateMachineArn", made.service.machine_arn},
      {"name", made.name.substr(0, made.name.find(':'))},
      {"startDate", epoch_seconds(made.started_at)},
      {"stopDate", epoch_seconds(ended)},
      {"status",
       row.status == execution::Status::running ? "TIMED_OUT" : execution::to_string(row.status)},
      {"billingDetails",
       Object{{"billedMemoryUsedInMB", 64},
              {"billedDurationInMilliseconds",
               billed_step_ms *
                   std::max<std::int64_t>(1, (duration + billed_step_ms - 1) / billed_step_ms)}}}};
  if (!made.service.trace_header.empty()) out["traceHeader"] = made.service.trace_header;
  add_data(row, request.in.text_or("includedData", "ALL_DATA") == "ALL_DATA", out);
  add_failure(row, out);
  return out;
}

Object describe_execution(Request& request) {
  const auto arn = request.in.required("executionArn", arn_length);
  const auto included = request.in.one_of("includedData", {"ALL_DATA", "METADATA_ONLY"});
  request.in.check();
  auto row = find_execution(request, arn);
  store::Redactors redactors(*request.desk.reader);
  if (const auto* redactor = redactors.of(row)) row = redactor->hide(std::move(row));
  auto out = list_item(request, row);
  if (!row.made.service.trace_header.empty()) out["traceHeader"] = row.made.service.trace_header;
  add_data(row, included.value_or("ALL_DATA") == "ALL_DATA", out);
  add_failure(row, out);
  const auto refusal = redrive_refusal(row);
  out["redriveStatus"] = refusal.empty()   ? "REDRIVABLE"
                         : row.made.parent ? "REDRIVABLE_BY_MAP_RUN"
                                           : "NOT_REDRIVABLE";
  if (!refusal.empty()) out["redriveStatusReason"] = refusal;
  return out;
}

Object list_executions(Request& request) {
  auto& in = request.in;
  const auto arn = in.text("stateMachineArn", arn_length);
  const auto map_run = in.text("mapRunArn", {1, 2000});
  const auto status = in.one_of("statusFilter", {"SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE",
                                                 "ABORTED", "FAILED", "RUNNING"});
  const auto redriven = in.one_of("redriveFilter", {"REDRIVEN", "NOT_REDRIVEN"});
  in.require("stateMachineArn", arn.has_value() || map_run.has_value());
  const auto page =
      read_page(request, "executions " + arn.value_or("") + map_run.value_or(""), 3096);
  if (arn && map_run)
    throw ServiceError("ValidationException",
                       "Only one of stateMachineArn and mapRunArn can be specified");
  auto filter = arn ? filter_of(request, *arn) : children_of(request, *map_run);
  Object out;
  std::vector<store::ExecutionRow> rows;
  // No execution waits for a redrive of its map run.
  if (status != "PENDING_REDRIVE") {
    if (status) filter.status = execution::status_from(*status);
    if (redriven) filter.redriven = *redriven == "REDRIVEN";
    filter.express = false;
    filter.limit = page.size + 1;
    if (!page.behind.empty()) filter.behind = read_place(page.behind);
    rows = request.desk.reader->list(filter);
    end_page(request, page, rows, out, place_of);
  }
  bj::array list;
  for (const auto& row : rows) list.push_back(list_item(request, row));
  out["executions"] = std::move(list);
  return out;
}

Object stop_execution(Request& request) {
  auto& in = request.in;
  const auto arn = in.required("executionArn", arn_length);
  const auto error = in.text_or("error", "", error_length);
  const auto cause = in.text_or("cause", "", cause_length);
  in.check();
  auto row = find_execution(request, arn);
  if (row.status == execution::Status::running) {
    try {
      request.engine().stop(row.made.run_id, error, cause);
    } catch (const Error& refused) {
      if (refused.code() != "ORCH-0205") throw;  // it has ended meanwhile
    }
    row = find_execution(request, arn);
  }
  return {{"stopDate", epoch_seconds(row.ended_at.value_or(wall_now()))}};
}

Object redrive_execution(Request& request) {
  const auto arn = request.in.required("executionArn", arn_length);
  const auto token = request.in.text("clientToken", {1, 64});
  request.in.check();
  auto row = find_execution(request, arn);
  auto& redrives = request.desk.redrives;
  if (token)
    if (const auto redriven = redrives.find(row.made.run_id, *token, wall_now()))
      return {{"redriveDate", epoch_seconds(*redriven)}};
  if (const auto refusal = redrive_refusal(row); !refusal.empty())
    throw ServiceError("ExecutionNotRedrivable", std::string(refusal));
  try {
    request.engine().redrive(row.made.run_id, {});
  } catch (const Error& refused) {
    if (refused.code() != "ORCH-0205") throw;
    throw ServiceError("ExecutionNotRedrivable", refused.what());
  }
  const auto redriven = latest_redrive(request, row);
  if (token) redrives.keep(row.made.run_id, *token, redriven);
  return {{"redriveDate", epoch_seconds(redriven)}};
}

}  // namespace orch::stepfunctions
