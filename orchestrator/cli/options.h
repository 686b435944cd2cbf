// What several commands share.
#pragma once

#include <string>
#include <string_view>

#include "orchestrator/cli/command.h"
#include "orchestrator/engine/engine.h"

namespace orch::cli {

/// Declares the option of a setting (settings.h): "workers" becomes --workers.
void add_setting(CLI::App& app, std::string_view name);

/// Absolute path of the connections file: the setting, else connections.json here, else empty.
std::string connections_file(const Settings& settings);

/// Submits and follows; see carry_out().
int submit(const Context& context, const engine::Submission& submission, bool no_follow);

}  // namespace orch::cli
