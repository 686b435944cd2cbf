#include "orchestrator/host/retention_operations.h"

#include <map>
#include <string>

#include "orchestrator/base/wall_clock.h"
#include "orchestrator/host/parameters.h"
#include "orchestrator/host/retention.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

constexpr std::int64_t most_days = 36'500;
constexpr std::int64_t most_runs = 1'000'000'000;
constexpr std::int64_t usual_limit = 100;  // some of them have families, and others wait meanwhile
constexpr std::int64_t most_at_once = 10'000;

pipeline::Retention read_limits(Parameters& parameters) {
  pipeline::Retention limits;
  limits.days = parameters.integer("days", 1, most_days);
  limits.runs = parameters.integer("runs", 1, most_runs);
  limits.failure_days = parameters.integer("failure_days", 1, most_days);
  return limits;
}

const std::string& name_of(const store::EndedRun& run) {
  return run.pipeline.empty() ? run.workflow : run.pipeline;
}

/// What of the runs of one pipeline or workflow is to go.
struct Share {
  std::int64_t expired = 0;
  Instant oldest;
  std::string why;
};

bj::object document_of(const RetentionPlan& plan, const std::map<std::string, Share>& shares) {
  std::int64_t kept = 0;
  bj::array of;
  const auto kept_of = [&](const std::string& name) {
    const auto found = plan.kept.find(name);
    return found == plan.kept.end() ? std::int64_t{0} : found->second;
  };
  for (const auto& [name, count] : plan.kept) kept += count;
  for (const auto& [name, share] : shares)
    of.push_back(bj::object{{"name", name},
                            {"kept", kept_of(name)},
                            {"expired", share.expired},
                            {"oldest", to_iso(share.oldest)},
                            {"why", share.why}});
  return {{"kept", kept}, {"expired", plan.expired.size()}, {"of", std::move(of)}};
}

bj::object plan_removal(Site& site, const bj::object& given) {
  Parameters parameters("retention.plan", given);
  const auto limits = read_limits(parameters);
  parameters.done();
  const auto keeping = store::open_housekeeping(site.store_url);
  const auto found = plan_retention(site.store, *keeping, limits, wall_now());
  std::map<std::string, Share> shares;
  std::int64_t bytes = 0;
  for (const auto& [run, why] : found.expired) {
    auto& share = shares.try_emplace(name_of(run), Share{0, run.started_at, why}).first->second;
    ++share.expired;
    bytes += keeping->bytes(keeping->family(run.id));
  }
  auto document = document_of(found, shares);
  document["bytes"] = bytes;
  return document;
}

bj::object remove_expired(Site& site, const bj::object& given) {
  Parameters parameters("retention.run", given);
  const auto limits = read_limits(parameters);
  const auto folder = parameters.text("export");
  const auto limit = parameters.integer("limit", 1, most_at_once).value_or(usual_limit);
  parameters.done();
  const auto keeping = store::open_housekeeping(site.store_url);
  std::int64_t removed = 0, needed = 0;
  bool more = false;
  for (const auto& expired : plan_retention(site.store, *keeping, limits, wall_now()).expired) {
    if (removed == limit) {
      more = true;
      break;
    }
    remove_run(site.store, *keeping, expired, folder) ? ++removed : ++needed;
  }
  while (keeping->remove_parts()) {
  }
  if (!more) remove_leftovers(site.store, *keeping, limits, wall_now(), [] { return true; });
  return {{"removed", removed}, {"needed", needed}, {"more", more}};
}

}  // namespace

std::vector<Operation> retention_operations() {
  return {{"retention.plan", true, plan_removal}, {"retention.run", true, remove_expired}};
}

}  // namespace orch::host
