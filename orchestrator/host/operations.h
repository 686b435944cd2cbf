// What the owner of a store can be asked for by name, beyond the runs of request.h: pipelines,
// holds, limits, housekeeping. One table, and the only way to each of them: commands, the REST API
// and tests go through perform(), or through Owner::perform() inside of the owner.
//
//   {"op":"pipelines.pause","parameters":{"name":"load","by":"ada","note":"migration"}}
//   → {"result":{…}}
//
// An operation is named `noun.verb`. Each noun has a file of its own, `host/NOUN_operations.cpp`,
// whose list is a line in operations.cpp.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "orchestrator/store/store.h"

namespace orch::engine {
class Engine;
}

namespace orch::host {

/// What an operation works with.
struct Site {
  /// A connection of this process to the store, for its machines() and pipelines(); without an
  /// engine it is the owner's, and begin() works as well.
  store::Store& store;
  engine::Engine* engine = nullptr;  ///< null: no runs are run here
  std::string store_url = {};
};

struct Operation {
  std::string name;    ///< "pipelines.pause"
  bool writes = true;  ///< false: without an owner, the store is only read
  /// Parameters → result. Throws Error; of the parameters ORCH-0804. An operation may be asked for
  /// again by a client that got no answer: to do the same twice must do it once, or tell.
  std::function<boost::json::object(Site& site, const boost::json::object& parameters)> perform;
};

/// All of them, sorted by name.
std::span<const Operation> operations();

/// Throws Error ORCH-0007 when there is none of this name.
const Operation& operation(std::string_view name);

/// Asks the owner of the store, or, when there is none, does it in this process while it owns the
/// store; no run is run. `command` names this process to others meanwhile. Throws what the
/// operation throws, Error ORCH-0007 when the owner does not answer, and Error ORCH-0208 when
/// there is no store to read.
boost::json::object perform(const std::string& store_url, const std::string& name,
                            const boost::json::object& parameters, const std::string& command);

}  // namespace orch::host
