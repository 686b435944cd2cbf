// What the service says of definitions: tests/cases/diagnostics.json, each diagnostic as
// "CODE message @ location".
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "orchestrator/stepfunctions/definitions.h"
#include "orchestrator/stepfunctions/error.h"
#include "tests/support/case_file.h"

namespace orch::stepfunctions {
namespace {

namespace bj = boost::json;

class Diagnostics : public ::testing::TestWithParam<bj::object> {};

TEST_P(Diagnostics, AreTheServices) {
  const auto& one = GetParam();
  SCOPED_TRACE(test::case_name(one));
  const auto& definition = one.at("definition");
  const auto text =
      definition.is_string() ? std::string(definition.as_string()) : json::write(definition);
  std::vector<std::string> found;
  for (const auto& each : diagnose(text, one.contains("express")))
    found.push_back((each.error ? "" : "warning ") + each.code + " " + each.message +
                    (each.location.empty() ? "" : " @ " + each.location));
  std::vector<std::string> expected;
  for (const auto& each : one.at("diagnostics").as_array()) expected.emplace_back(each.as_string());
  EXPECT_THAT(found, ::testing::ElementsAreArray(expected));
}

INSTANTIATE_TEST_SUITE_P(Cases, Diagnostics,
                         ::testing::ValuesIn(test::cases_in("diagnostics.json")));

TEST(RefuseErrors, NamesEveryErrorWithItsCode) {
  try {
    refuse_errors(diagnose(
        R"({"StartAt":"p","States":{"p":{"Type":"Pass","Next":"q"},"r":{"Type":"Succeed"}}})",
        false));
    FAIL();
  } catch (const ServiceError& error) {
    EXPECT_EQ(error.type(), "InvalidDefinition");
    EXPECT_EQ(
        error.message(),
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: "
        "q at /States/p/Next, MISSING_TRANSITION_TARGET: State \"r\" is not reachable. at "
        "/States/r'");
  }
}

}  // namespace
}  // namespace orch::stepfunctions
