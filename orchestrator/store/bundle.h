// One run with all that belongs to it as a store of its own, for those who are to help.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace orch::store {

/// A text of JSON (an input, an output, a payload, a variable) as the bundle is to have it.
using Disguise = std::function<std::string(const std::string& json)>;

/// Writes the run, the runs it belongs to, and all that belongs to those, with their definitions
/// and whole histories, to the new file `bundle`, a store that every command opens; mode 0600. With
/// `disguise` every input, output, payload, variable and cause goes through it, and task tokens are
/// left out. Runs go on meanwhile. Throws Error ORCH-0203 when there is no such run, ORCH-0206 when
/// it is damaged. Returns how many runs it has.
std::int64_t bundle_run(const std::string& url, const std::string& run,
                        const std::filesystem::path& bundle, const Disguise& disguise);

}  // namespace orch::store
