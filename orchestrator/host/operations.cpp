#include "orchestrator/host/operations.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/host/alert_operations.h"
#include "orchestrator/host/backup_operations.h"
#include "orchestrator/host/control.h"
#include "orchestrator/host/limit_operations.h"
#include "orchestrator/host/own_or_ask.h"
#include "orchestrator/host/pipeline_operations.h"
#include "orchestrator/host/project_operations.h"
#include "orchestrator/host/retention_operations.h"
#include "orchestrator/store/open.h"

namespace orch::host {
namespace {

namespace bj = boost::json;

std::vector<Operation> all_operations() {
  std::vector<Operation> all;
  for (auto&& noun : {
           alert_operations(),
           backfill_operations(),
           backup_operations(),
           limit_operations(),
           pipeline_operations(),
           project_operations(),
           retention_operations(),
       })
    all.insert(all.end(), noun.begin(), noun.end());
  std::ranges::sort(all, {}, &Operation::name);
  return all;
}

std::unique_ptr<store::Store> open_for(const Operation& operation, const std::string& store_url,
                                       const std::string& command) {
  return operation.writes ? store::open_as_owner(store_url, command)
                          : store::open_as_reader(store_url);
}

}  // namespace

std::span<const Operation> operations() {
  static const auto all = all_operations();
  return all;
}

const Operation& operation(std::string_view name) {
  const auto all = operations();
  const auto found = std::ranges::lower_bound(all, name, {}, &Operation::name);
  if (found != all.end() && found->name == name) return *found;
  throw Error("ORCH-0007", fmt::format("the owner of the store does not know \"{}\"", name),
              "it runs another version of orch; wait for it to end");
}

bj::object perform(const std::string& store_url, const std::string& name,
                   const bj::object& parameters, const std::string& command) {
  const auto& wanted = operation(name);
  const bj::object request{{"op", name}, {"parameters", parameters}};
  bj::object result;
  const auto ask_or_own = [&] {
    if (auto answer = ask_owner(store::files_of(store_url), request)) {
      result = std::move(answer->at("result").as_object());
      return;
    }
    const auto store = open_for(wanted, store_url, command);
    Site site{*store, nullptr, store_url};
    result = wanted.perform(site, parameters);
  };
  own_unless_owned(ask_or_own, [] { return Owned::is_busy; });
  return result;
}

}  // namespace orch::host
