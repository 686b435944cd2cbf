// Gets something done by the process that owns the store, and follows the run that comes of it.
#pragma once

#include <functional>
#include <string>

#include "orchestrator/cli/command.h"
#include "orchestrator/host/owner.h"
#include "orchestrator/host/request.h"

namespace orch::cli {

/// Names the runs that `owner` continues after an interruption, but `except`, an id.
void announce_continued(const Context& context, const host::Owner& owner,
                        const std::string& except = {});

/// Owns the store and runs in the foreground until the run has ended; when another process owns it,
/// delegates the request and follows there, taking over if that process goes away. Returns the exit
/// code.
int run_or_delegate(const Context& context, host::Request request);

/// Delegates the request to the owner, prints the run's id and returns. Throws Error ORCH-0008 when
/// no process owns the store. Returns the exit code.
int delegate(const Context& context, const host::Request& request);

/// Gets something done that needs no engine: `here` as the store's owner, or by the process that is
/// it.
void do_or_delegate(const Context& context, const std::function<void(store::Store&)>& here,
                    const host::Request& request);

}  // namespace orch::cli
