// CreateActivity, DescribeActivity, ListActivities, DeleteActivity, GetActivityTask,
// SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat.
#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/paging.h"
#include "orchestrator/stepfunctions/syntax.h"
#include "orchestrator/stepfunctions/words.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

[[noreturn]] void refuse_activity(const std::string& arn) {
  throw ServiceError("ActivityDoesNotExist", fmt::format("Activity Does Not Exist: '{}'", arn));
}

constexpr Length token_length{1, 2048};

// The engine's words for what is wrong with a token, in the service's. Empty: not decided yet.
std::optional<Object> outcome(engine::Completion& completion) {
  if (!completion.is_done()) return std::nullopt;
  try {
    completion.get();
    return Object{};
  } catch (const Error& error) {
    if (error.code() == "ORCH-0213")
      throw ServiceError("InvalidToken", "Invalid Token: 'Invalid token'");
    if (error.code() == "ORCH-0214")
      throw ServiceError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
    throw;
  }
}

std::optional<Object> report(Request& request, const std::string& token,
                             const engine::TokenReport& report) {
  request.call.completion = request.engine().report(token, report);
  return outcome(*request.call.completion);
}

void check_output(const std::string& output) {
  try {
    json::parse(output);
  } catch (const json::SyntaxError& error) {
    const auto fault = explain_syntax(output);
    throw ServiceError("InvalidOutput",
                       fmt::format("Invalid Output: '{}'", fault ? fault->message : error.what()));
  }
}

}  // namespace

Object create_activity(Request& request) {
  store::ActivityRow wanted;
  wanted.name = request.in.required("name", {1, 80});
  wanted.configuration = json::write(Object{{"encryptionConfiguration", read_encryption(request)}});
  wanted.created_at = wall_now();
  const auto tags = read_tags(request);
  request.in.check();
  check_name(wanted.name);
  const auto arn = request.place().activity(wanted.name);
  request.machines().transact([&] {
    if (const auto present = request.machines().activity(wanted.name)) {
      if (present->configuration != wanted.configuration)
        throw ServiceError("ActivityAlreadyExists",
                           fmt::format("Activity Already Exists: '{}'", arn));
      wanted = *present;
      return;
    }
    request.machines().add_activity(wanted);
    keep_tags(request, "activity:" + wanted.name, tags, arn);
  });
  return {{"activityArn", arn}, {"creationDate", epoch_seconds(wanted.created_at)}};
}

Object describe_activity(Request& request) {
  const auto arn = request.in.required("activityArn", arn_length);
  request.in.check();
  const auto row = request.machines().activity(parse_activity_arn(arn));
  if (!row) refuse_activity(arn);
  Object out{
      {"activityArn", arn}, {"name", row->name}, {"creationDate", epoch_seconds(row->created_at)}};
  const auto configuration = json::parse(row->configuration);
  for (const auto& [name, value] : configuration.as_object()) out[name] = value;
  return out;
}

Object list_activities(Request& request) {
  const auto page = read_page(request, "activities");
  auto rows = request.machines().activities(page.behind, page.size + 1);
  Object out;
  end_page(request, page, rows, out, [](const store::ActivityRow& row) { return row.name; });
  bj::array list;
  for (const auto& row : rows)
    list.push_back(Object{{"activityArn", request.place().activity(row.name)},
                          {"name", row.name},
                          {"creationDate", epoch_seconds(row.created_at)}});
  out["activities"] = std::move(list);
  return out;
}

Object delete_activity(Request& request) {
  const auto arn = request.in.required("activityArn", arn_length);
  request.in.check();
  const auto name = parse_activity_arn(arn);
  request.machines().transact([&] { request.machines().remove_activity(name); });
  return {};
}

std::optional<Object> get_activity_task(Request& request) {
  const auto arn = request.in.required("activityArn", arn_length);
  const auto worker = request.in.text_or("workerName", "", {1, 80});
  request.in.check();
  if (!request.machines().activity(parse_activity_arn(arn))) refuse_activity(arn);
  if (request.call.gone) return Object{};
  if (const auto task = request.engine().take_activity_task(arn, worker)) {
    request.call.handed_out = task->token;
    return Object{{"taskToken", task->token}, {"input", task->input}};
  }
  request.call.subject = engine::ActivityName{arn};
  if (request.call.last) return Object{};
  return std::nullopt;
}

std::optional<Object> send_task_success(Request& request) {
  if (request.call.completion) return outcome(*request.call.completion);
  const auto token = request.in.required("taskToken", token_length);
  engine::TokenReport done{engine::TokenReport::Kind::success, "", {}, {}};
  done.output = request.in.required("output", {0, 262'144});
  request.in.check();
  check_output(done.output);
  return report(request, token, done);
}

std::optional<Object> send_task_failure(Request& request) {
  if (request.call.completion) return outcome(*request.call.completion);
  const auto token = request.in.required("taskToken", token_length);
  const auto error = request.in.text("error", {0, 256});
  const auto cause = request.in.text("cause", {0, 32'768});
  request.in.check();
  return report(request, token, {engine::TokenReport::Kind::failure, "", error, cause});
}

std::optional<Object> send_task_heartbeat(Request& request) {
  if (request.call.completion) return outcome(*request.call.completion);
  const auto token = request.in.required("taskToken", token_length);
  request.in.check();
  return report(request, token, {engine::TokenReport::Kind::heartbeat, "", {}, {}});
}

}  // namespace orch::stepfunctions
