// Our own cases: tests/cases/jsonata/*.json, one file a part of the language. An object with
// "document" (the input of all, if there is one), "options" and "cases": "expression", perhaps
// "input" and "bindings", and what is expected (see outcome.h).
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/jsonata/outcome.h"

namespace orch::jsonata::test {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

fs::path folder() { return fs::path(ORCH_SOURCE_DIR) / "tests" / "cases" / "jsonata"; }

std::vector<std::string> files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder())) names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

class Language : public testing::TestWithParam<std::string> {};

TEST_P(Language, GivesWhatTheTableSays) {
  std::ifstream file(folder() / (GetParam() + ".json"));
  std::ostringstream text;
  text << file.rdbuf();
  const auto table = json::parse(text.str()).as_object();
  const auto* step_functions = table.if_contains("step_functions");
  const Options options{.step_functions = step_functions != nullptr};
  ASSERT_FALSE(table.at("cases").as_array().empty());
  for (const auto& value : table.at("cases").as_array()) {
    const auto& each = value.as_object();
    const auto* input = each.if_contains("input");
    const auto* bindings = each.if_contains("bindings");
    const auto got =
        outcome(std::string_view(each.at("expression").as_string()),
                input ? input : table.if_contains("document"),
                bindings ? bindings_of(bindings->as_object()) : Bindings(), environment(), options);
    EXPECT_EQ(mismatch(each, got), "") << each.at("expression");
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, Language, testing::ValuesIn(files()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace orch::jsonata::test
