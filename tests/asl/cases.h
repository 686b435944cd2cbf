// Tables of cases: a JSON array of objects, each with a unique "name".
#pragma once

#include <algorithm>
#include <cctype>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "orchestrator/asl/scope.h"
#include "orchestrator/json/text.h"

namespace orch::asl::test {

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Case {
  boost::json::object fields;

  std::string name() const { return text("name"); }
  bool has(std::string_view key) const { return fields.contains(key); }
  std::string text(std::string_view key) const { return std::string(fields.at(key).as_string()); }
  const boost::json::value& value(std::string_view key) const { return fields.at(key); }
};

inline void PrintTo(const Case& each, std::ostream* out) { *out << each.name(); }

/// The cases of tests/cases/`file`.
inline std::vector<Case> load(const std::string& file) {
  std::vector<Case> cases;
  const auto table = json::parse(read_file(std::string(ORCH_SOURCE_DIR) + "/tests/cases/" + file));
  for (const auto& each : table.as_array()) cases.push_back({each.as_object()});
  return cases;
}

/// GoogleTest accepts letters and digits only.
inline std::string test_name(const testing::TestParamInfo<Case>& info) {
  auto name = std::to_string(info.index) + "_" + info.param.name();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

/// The scope of a case: "given" is the data, "context" (if there) the context object.
inline Scope scope_of(const Case& each) {
  static const boost::json::value nothing = boost::json::object();
  Scope scope;
  scope.data = each.has("given") ? &each.value("given") : &nothing;
  const auto* context = each.has("context") ? &each.value("context") : &nothing;
  scope.context =
      ContextObject([context] { return std::make_shared<const boost::json::value>(*context); });
  return scope;
}

}  // namespace orch::asl::test
