#include "workers/steps/catalog_check.h"

#include <exception>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "workers/steps/drift.h"
#include "workers/steps/plan_request.h"
#include "workers/steps/table_task.h"
#include "workers/steps/watermark.h"
#include "workers/worker.h"

namespace orch::steps {
namespace {

/// Connections opened once each: one that is down is not tried again for the next table.
template <class End>
class Opened {
 public:
  template <class Open>
  End& get(const std::string& name, Open&& open) {
    const auto [found, fresh] = ends_.try_emplace(name);
    auto& [end, failure] = found->second;
    try {
      if (fresh) end = open();
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) std::rethrow_exception(failure);
    return *end;
  }

 private:
  std::map<std::string, std::pair<std::unique_ptr<End>, std::exception_ptr>> ends_;
};

class OpenEnds {
 public:
  explicit OpenEnds(const connections::Connections& connections) : connections_(connections) {}

  data::Source& source(const std::string& name) {
    return sources_.get(name, [&] { return connections_.open_source(name); });
  }
  data::Target& target(const std::string& name) {
    return targets_.get(name, [&] { return connections_.open_target(name); });
  }

 private:
  const connections::Connections& connections_;
  Opened<data::Source> sources_;
  Opened<data::Target> targets_;
};

}  // namespace

std::vector<Problem> check_catalog(const std::vector<catalog::Entry>& entries,
                                   const connections::Connections& connections) {
  OpenEnds ends(connections);
  std::vector<Problem> problems;
  for (const auto& entry : entries) {
    try {
      auto& target = ends.target(entry.target_connection);
      auto& source = ends.source(entry.source_connection);
      const auto table = source.describe(entry.source);
      const auto request = make_request(entry, table, source, target);
      const auto last = target.last_published(entry.target);
      check_drift(entry, table, request, last);
      const auto plan = target.plan(request);
      if (const auto watermark = plan_watermark(entry, plan, last, target)) {
        source.open(read_request(entry, plan, watermark->range));
        check_watermark(entry, source.watermark().value());
      }
    } catch (const workers::TaskFailed& failed) {
      problems.push_back({entry.key, fmt::format("{}: {}", failed.error(), failed.what())});
    }
  }
  return problems;
}

}  // namespace orch::steps
