// Test cases that are data: tests/cases/*.json.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/json/text.h"

namespace orch::test {

/// The array in tests/cases/`name`.
inline std::vector<boost::json::object> cases_in(const std::string& name) {
  std::ifstream file(std::string(ORCH_SOURCE_DIR) + "/tests/cases/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  std::vector<boost::json::object> cases;
  const auto all = json::parse(text.str());
  for (const auto& value : all.as_array()) cases.push_back(value.as_object());
  return cases;
}

/// For INSTANTIATE_TEST_SUITE_P: the member "name".
inline std::string case_name(const boost::json::object& one) {
  return std::string(one.at("name").as_string());
}

}  // namespace orch::test
