#include "orchestrator/rest/visible.h"

#include <fmt/format.h>

#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"
#include "orchestrator/rest/problem.h"

namespace orch::rest {
namespace {

using identity::Scope;

[[noreturn]] void refuse_unseen(std::string_view what, const std::string& name) {
  throw Refused(http::Status::not_found, "ORCH-0040", fmt::format("no {} \"{}\"", what, name),
                "or it is outside of what this identity is limited to");
}

bool has(const Scope& scope, const store::PipelineRow& row) {
  const auto document = json::parse(row.revision.document);
  return scope.has(
      {row.name, row.project,
       document.is_object() ? json::text_member(document.get_object(), "domain") : ""});
}

/// The run that this one is a part of, or was started by.
std::optional<store::ExecutionId> origin_of(const store::ExecutionRow& row) {
  if (row.made.parent) return row.made.parent->execution;
  if (row.made.starter) return row.made.starter->execution;
  return std::nullopt;
}

}  // namespace

std::vector<store::PipelineRow> pipelines_in_scope(store::Store& store, const Scope& scope) {
  auto rows = store.pipelines().list();
  if (scope.limited())
    std::erase_if(rows, [&](const store::PipelineRow& row) { return !has(scope, row); });
  return rows;
}

std::optional<std::vector<std::string>> visible_pipelines(store::Store& store, const Scope& scope) {
  if (!scope.limited()) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& row : pipelines_in_scope(store, scope)) names.push_back(row.name);
  return names;
}

bool sees_pipeline(store::Store& store, const Scope& scope, const std::string& name) {
  const auto row = store.pipelines().find(name);
  return row && has(scope, *row);
}

bool sees_run(store::Store& store, const Scope& scope, const store::ExecutionRow& row) {
  if (!scope.limited()) return true;
  if (row.made.pipeline) return sees_pipeline(store, scope, row.made.pipeline->pipeline);
  auto origin = origin_of(row);
  while (origin && store.holds(*origin, 0)) {
    const auto next = store.find_unchecked(*origin);
    if (next.made.pipeline) return sees_pipeline(store, scope, next.made.pipeline->pipeline);
    origin = origin_of(next);
  }
  return false;
}

store::ExecutionRow visible_run(store::Store& store, const Scope& scope, const std::string& name) {
  if (!scope.limited()) return store.find(name);
  std::optional<store::ExecutionRow> row;
  try {
    row = store.find(name);
  } catch (const Error& error) {
    // Runs that the name may also mean are named by it.
    if (error.code() != "ORCH-0203") throw;
  }
  if (!row || !sees_run(store, scope, *row)) refuse_unseen("run", name);
  return std::move(*row);
}

void require_pipeline(store::Store& store, const Scope& scope, const std::string& name) {
  if (scope.limited() && !sees_pipeline(store, scope, name)) refuse_unseen("pipeline", name);
}

void require_no_scope(const Caller& caller, std::string_view what) {
  if (!caller.scope.limited()) return;
  throw Refused(http::Status::forbidden, "ORCH-0047",
                fmt::format("{} is limited to {}: {} is about all that the server has", caller.name,
                            json::write(identity::scope_document(caller.scope)), what));
}

void require_reach(Request& request, const Route& route) {
  const auto& scope = request.caller.scope;
  if (!scope.limited()) return;
  switch (route.reach) {
    case Reach::whole:
      return require_no_scope(request.caller, route.id);
    case Reach::run: {
      auto& name = request.path.find("run")->second;
      name = visible_run(request.store, scope, name).made.run_id;
      return;
    }
    case Reach::pipeline:
      return require_pipeline(request.store, scope, request.in_path("pipeline"));
    case Reach::open:
    case Reach::subject:
    case Reach::filtered:
      return;
  }
}

}  // namespace orch::rest
