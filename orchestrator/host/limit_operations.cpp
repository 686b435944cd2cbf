#include "orchestrator/host/limit_operations.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/engine/engine.h"
#include "orchestrator/host/parameters.h"
#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/store/limits.h"
#include "orchestrator/view/limits.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

constexpr std::int64_t default_outages = 50;
constexpr std::int64_t most_outages = 100'000;

// One of "connection", "run", "pipeline" or "server": true. A run is named as everywhere; its id is
// what is held. Not every connections file is known here, so any connection may be held.
std::string read_subject(Site& site, Parameters& parameters) {
  std::vector<std::string> subjects;
  if (const auto name = parameters.string("connection"); name && !name->empty())
    subjects.push_back("connection " + *name);
  if (const auto run = parameters.string("run"); run && !run->empty())
    subjects.push_back("run " + site.store.find(*run).made.run_id);
  if (const auto name = parameters.string("pipeline"); name && !name->empty())
    subjects.push_back("pipeline " + *name);
  if (parameters.boolean("server").value_or(false)) subjects.emplace_back("server");
  if (subjects.size() == 1) return subjects.front();
  throw Error("ORCH-0740", "a hold is of one connection, run, pipeline or the server",
              "give one of them");
}

std::optional<Instant> read_until(Parameters& parameters, Instant now) {
  const auto text = parameters.string("until");
  if (!text) return std::nullopt;
  const auto until = from_iso(*text);
  if (!until || *until <= now)
    throw Error("ORCH-0740", fmt::format("until is \"{}\": expected a time in the future", *text),
                "as 2027-01-31T06:00:00Z");
  return until;
}

bj::object add(Site& site, const bj::object& given) {
  Parameters parameters("holds.add", given);
  store::HoldRow hold;
  hold.since = wall_now();
  hold.subject = read_subject(site, parameters);
  hold.mode = store::hold_mode_from(parameters.string("mode").value_or("drain"));
  hold.until = read_until(parameters, hold.since);
  hold.reason = parameters.text("reason");
  hold.by = parameters.by();
  parameters.done();
  if (hold.subject.starts_with("pipeline "))
    required_pipeline(site.store, hold.subject.substr(hold.subject.find(' ') + 1));
  if (site.engine) {
    site.engine->hold(hold);
  } else {
    const auto turn = site.store.begin();
    site.store.limits().put_hold(hold);
    turn->commit();
  }
  return view::hold_document(hold);
}

bj::object remove(Site& site, const bj::object& given) {
  Parameters parameters("holds.remove", given);
  const auto subject = read_subject(site, parameters);
  parameters.done();
  bool held = false;
  if (site.engine) {
    held = site.engine->release(subject);
  } else {
    const auto turn = site.store.begin();
    held = site.store.limits().remove_hold(subject);
    turn->commit();
  }
  if (!held)
    throw Error("ORCH-0741", fmt::format("no hold of {}", subject),
                "`orch limits` lists the holds");
  return {{"subject", subject}};
}

bj::object list(Site& site, const bj::object& given) {
  Parameters parameters("limits.list", given);
  parameters.done();
  return view::limits_document(site.store);
}

bj::object history(Site& site, const bj::object& given) {
  Parameters parameters("connections.history", given);
  const auto connection = parameters.text("connection");
  const auto limit = parameters.integer("limit", 1, most_outages).value_or(default_outages);
  parameters.done();
  return view::outages_document(site.store.limits().outages(connection, limit));
}

}  // namespace

std::vector<Operation> limit_operations() {
  return {{"holds.add", true, add},
          {"holds.remove", true, remove},
          {"limits.list", false, list},
          {"connections.history", false, history}};
}

}  // namespace orch::host
