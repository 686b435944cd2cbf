#include "orchestrator/cli/work_report.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/follow.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/text.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;
using fleet::Event;
using Kind = fleet::Event::Kind;

// By Event::Kind.
constexpr std::array names = {"started", "progressed", "succeeded",   "failed",
                              "lost",    "released",   "unreachable", "reachable"};

std::string subject(const Event& event) {
  auto text = fmt::format("task {}", event.task->state);
  if (event.progress && !event.progress->key.empty()) text += " " + event.progress->key;
  return fmt::format("{} of {}", text, event.task->run_name);
}

std::string rows_text(const Event& event) {
  const auto rows = event.progress ? event.progress->rows : 0;
  if (rows == 0) return {};
  const auto seconds = static_cast<double>(std::max<Millis::rep>(event.duration.count(), 1)) / 1000;
  return fmt::format(", {} rows, {}", render::count_text(rows),
                     render::rate_text(static_cast<double>(rows) / seconds));
}

std::string line_of(const Event& event) {
  const auto after = render::duration_text(event.duration);
  switch (event.kind) {
    case Kind::started:
      return fmt::format("{}: started", subject(event));
    case Kind::progressed:
      return fmt::format("{}: {} for {}{}", subject(event), event.progress->phase, after,
                         rows_text(event));
    case Kind::succeeded:
      return fmt::format("{}: done in {}{}", subject(event), after, rows_text(event));
    case Kind::failed:
      return fmt::format("{}: failed after {}: {}: {}", subject(event), after, event.error,
                         event.message);
    case Kind::lost:
      return fmt::format("{}: lost after {}: {}", subject(event), after, event.message);
    case Kind::released:
      return fmt::format("{}: given back after {}", subject(event), after);
    case Kind::unreachable:
      return fmt::format("orch: {}; trying again", event.message);
    case Kind::reachable:
      break;
  }
  return "orch: the endpoint answers again";
}

bj::object document_of(const Event& event) {
  bj::object out{{"event", names[static_cast<std::size_t>(event.kind)]},
                 {"at", to_iso(wall_now())}};
  if (event.task) {
    out["activity"] = event.activity;
    out["resource"] = event.task->resource;
    out["run"] = event.task->run;
    out["name"] = event.task->run_name;
    out["state"] = event.task->state;
    out["ticket"] = event.task->ticket;
    out["fence"] = event.task->fence;
    out["duration_ms"] = event.duration.count();
  }
  if (event.progress) {
    out["key"] = event.progress->key;
    out["phase"] = event.progress->phase;
    out["rows"] = event.progress->rows;
    out["bytes"] = event.progress->bytes;
  }
  if (!event.error.empty()) out["error"] = event.error;
  if (!event.message.empty()) out["message"] = event.message;
  if (!event.hint.empty()) out["hint"] = event.hint;
  return out;
}

}  // namespace

void WorkReport::operator()(const Event& event) {
  const std::scoped_lock lock(mutex_);
  context_.say(line_of(event));
  if (!event.hint.empty()) context_.say("  hint  " + event.hint);
  if (context_.lines()) print_document(context_, document_of(event));
}

void WorkReport::end(const fleet::Tally& tally) {
  const std::scoped_lock lock(mutex_);
  context_.say(fmt::format("orch: {} done, {} failed, {} lost, {} given back",
                           render::plural(tally.succeeded, "task"), tally.failed,
                           tally.lost + tally.at_work, tally.released));
  if (!context_.json()) return;
  bj::object out{{"succeeded", tally.succeeded},
                 {"failed", tally.failed},
                 {"lost", tally.lost + tally.at_work},
                 {"released", tally.released}};
  if (context_.lines()) out = {{"event", "ended"}, {"at", to_iso(wall_now())}, {"tasks", out}};
  print_document(context_, out);
}

}  // namespace orch::cli
