// What several commands share.
#pragma once

#include <string>
#include <string_view>

#include "orchestrator/cli/command.h"
#include "orchestrator/engine/engine.h"

namespace orch::cli {

/// Declares the option of a setting (settings.h): "workers" becomes --workers.
DeclaredOption add_setting(Arguments& app, std::string_view name);

/// Sets the level and the form of the log.
void set_log(const Settings& settings);

/// Declares the argument RUN, of store::Store::find().
void add_run(Arguments& app, std::string& run);

/// Declares -q, --quiet.
void add_quiet(Arguments& app, bool& quiet);

/// Declares --if-running, the policy of orch:catalog when another run has the tables.
void add_if_running(Arguments& app, std::string& policy);

/// Absolute path of the connections file: the setting, else connections.json here, else empty.
std::string connections_file(const Settings& settings);

/// Submits and follows; see run_or_delegate().
int submit(const Context& context, engine::Submission submission, bool no_follow);

}  // namespace orch::cli
