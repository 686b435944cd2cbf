// Gets something done by whoever owns the store, and follows the run that comes of it.
#pragma once

#include <functional>
#include <string>

#include <boost/json/value.hpp>

#include "orchestrator/cli/command.h"
#include "orchestrator/cli/owner.h"
#include "orchestrator/engine/engine.h"

namespace orch::cli {

/// One wish in two forms: as a call here, and as a request to another owner.
struct Wish {
  std::function<std::string(engine::Engine& engine)> here;  ///< returns the run's id
  boost::json::object there;
};

/// Names the runs that `owner` continues after an interruption, but `except`, an id.
void announce_continued(const Context& context, const Owner& owner, const std::string& except = {});

enum class Patience { follow, hand_over };

/// Owns the store and runs in the foreground until the run has ended; when another process owns it,
/// hands the wish over and follows there, taking over if that process goes away. `hand_over` only
/// hands over and prints the run's id. Returns the exit code.
int carry_out(const Context& context, Wish wish, Patience patience = Patience::follow);

/// Gets something done that needs no engine: `here` as the store's owner, or `there` by the process
/// that is it.
void carry_out_briefly(const Context& context, const std::function<void(store::Store&)>& here,
                       const boost::json::object& there);

}  // namespace orch::cli
