#include "orchestrator/rest/subjects.h"

#include <array>

#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "orchestrator/rest/problem.h"
#include "orchestrator/rest/visible.h"

namespace orch::rest {
namespace {

/// The subject of an operation: a member of its parameters that names one thing. An operation that
/// is not here is about all that the server has, or about whole projects.
struct Subject {
  std::string_view operation;
  std::string_view member;
  enum class Kind : std::uint8_t { pipeline, run, connection } kind;
};
constexpr std::array subjects = {
    Subject{"connections.history", "connection", Subject::Kind::connection},
    Subject{"holds.add", "connection", Subject::Kind::connection},
    Subject{"holds.add", "pipeline", Subject::Kind::pipeline},
    Subject{"holds.add", "run", Subject::Kind::run},
    Subject{"holds.remove", "connection", Subject::Kind::connection},
    Subject{"holds.remove", "pipeline", Subject::Kind::pipeline},
    Subject{"holds.remove", "run", Subject::Kind::run},
    Subject{"pipelines.backfill", "name", Subject::Kind::pipeline},
    Subject{"pipelines.cancel_backfill", "name", Subject::Kind::pipeline},
    Subject{"pipelines.pause", "name", Subject::Kind::pipeline},
    Subject{"pipelines.resume", "name", Subject::Kind::pipeline},
    Subject{"pipelines.rollback", "name", Subject::Kind::pipeline},
    Subject{"pipelines.run", "name", Subject::Kind::pipeline},
};

void require_subject(Request& request, const Subject& subject, const std::string& name) {
  const auto& scope = request.caller.scope;
  switch (subject.kind) {
    case Subject::Kind::pipeline:
      return require_pipeline(request.store, scope, name);
    case Subject::Kind::run:
      request.body[subject.member] = visible_run(request.store, scope, name).made.run_id;
      return;
    case Subject::Kind::connection:
      if (!scope.has_connection(name))
        throw Refused(http::Status::not_found, "ORCH-0040",
                      fmt::format("no connection \"{}\"", name),
                      "or it is outside of what this identity is limited to");
  }
}

bool sees_pipeline_named(const Request& request, const std::string& name) {
  return sees_pipeline(request.store, request.caller.scope, name);
}

bool sees_run_named(const Request& request, const std::string& id) {
  try {
    return sees_run(request.store, request.caller.scope, request.store.find_unchecked(id));
  } catch (const Error&) {  // it was removed
    return false;
  }
}

}  // namespace

void require_in_scope(Request& request, std::string_view operation) {
  if (!request.caller.scope.limited()) return;
  bool named = false;
  for (const auto& subject : subjects) {
    if (subject.operation != operation) continue;
    const auto name = json::text_member(request.body, subject.member);
    if (name.empty()) continue;
    require_subject(request, subject, name);
    named = true;
  }
  if (!named) require_no_scope(request.caller, operation);
}

bool sees_hold(const Request& request, const std::string& subject) {
  const auto& scope = request.caller.scope;
  const auto space = subject.find(' ');
  if (!scope.limited() || space == subject.npos) return true;
  const auto kind = subject.substr(0, space);
  const auto name = subject.substr(space + 1);
  if (kind == "connection") return scope.has_connection(name);
  return kind == "pipeline" ? sees_pipeline_named(request, name) : sees_run_named(request, name);
}

bool sees_alerts_of(const Request& request, std::string_view subject) {
  constexpr std::string_view pipeline = "pipeline:";
  return !request.caller.scope.limited() ||
         (subject.starts_with(pipeline) &&
          sees_pipeline_named(request, std::string(subject.substr(pipeline.size()))));
}

}  // namespace orch::rest
