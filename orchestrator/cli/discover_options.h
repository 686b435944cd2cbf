// What `replicate` and `catalog discover` have in common.
#pragma once

#include "orchestrator/cli/command.h"
#include "workers/catalog/discover.h"

namespace orch::cli {

/// Declares --tables, --schema, --target-schema, --views and --allow-empty.
void add_discover_options(Arguments& app, catalog::DiscoverOptions& options);

/// Tells what a discovery did not take, and why.
void say_left_out(const Context& context, const catalog::Discovery& found);

}  // namespace orch::cli
