// The recorded histories in tests/histories.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "tests/execution/scenario.h"

namespace orch::test {

std::filesystem::path golden_file(const std::string& name);
std::vector<std::string> golden_names();
boost::json::object read_golden(const std::string& name);
/// The scenario after all stimuli of the file.
Scenario replayed(const std::string& name);

}  // namespace orch::test
