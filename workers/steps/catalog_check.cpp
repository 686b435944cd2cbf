#include "workers/steps/catalog_check.h"

#include <map>
#include <memory>

#include <fmt/format.h>

#include "workers/steps/plan_request.h"
#include "workers/worker.h"

namespace orch::steps {
namespace {

/// Ends opened once each.
class OpenEnds {
 public:
  explicit OpenEnds(const connections::Connections& connections) : connections_(connections) {}

  data::Source& source(const std::string& name) {
    auto& open = sources_[name];
    if (!open) open = connections_.open_source(name);
    return *open;
  }
  data::Target& target(const std::string& name) {
    auto& open = targets_[name];
    if (!open) open = connections_.open_target(name);
    return *open;
  }

 private:
  const connections::Connections& connections_;
  std::map<std::string, std::unique_ptr<data::Source>> sources_;
  std::map<std::string, std::unique_ptr<data::Target>> targets_;
};

}  // namespace

std::vector<Problem> check_catalog(const std::vector<catalog::Entry>& entries,
                                   const connections::Connections& connections) {
  OpenEnds ends(connections);
  std::vector<Problem> problems;
  for (const auto& entry : entries) {
    try {
      auto& target = ends.target(entry.target_connection);
      target.plan(make_request(entry, ends.source(entry.source_connection), target));
    } catch (const workers::TaskFailed& failed) {
      problems.push_back({entry.key, fmt::format("{}: {}", failed.error(), failed.what())});
    }
  }
  return problems;
}

}  // namespace orch::steps
