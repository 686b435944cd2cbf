// Catalogs that are accepted or refused: tests/cases/catalogs.json.
#include <gtest/gtest.h>

#include "tests/support/case_file.h"
#include "tests/support/problems.h"
#include "workers/catalog/catalog.h"

namespace orch::test {
namespace {

boost::json::value document_of(const boost::json::object& one) {
  if (const auto* document = one.if_contains("document")) return *document;
  auto document = json::parse(
      R"({"version":1,"defaults":{"source":{"connection":"a"},"target":{"connection":"b"}}})");
  document.as_object()["tables"] = one.at("tables");
  return document;
}

/// What is accepted survives the way through a payload.
void expect_same_after_a_payload(const catalog::Entry& entry) {
  const auto complete = catalog::to_json(entry);
  EXPECT_EQ(json::write(catalog::to_json(catalog::entry_from_json(complete))),
            json::write(complete));
}

class CatalogCase : public ::testing::TestWithParam<boost::json::object> {};

TEST_P(CatalogCase, HasTheseProblems) {
  std::vector<Problem> problems;
  try {
    const auto catalog = catalog::parse_catalog(document_of(GetParam()), "catalog.json");
    for (const auto& entry : catalog.entries) expect_same_after_a_payload(entry);
  } catch (const InvalidDocument& invalid) {
    problems = invalid.problems();
  }
  expect_problems(problems, GetParam().at("problems").as_array());
}

INSTANTIATE_TEST_SUITE_P(Cases, CatalogCase, ::testing::ValuesIn(cases_in("catalogs.json")),
                         [](const auto& one) { return case_name(one.param); });

}  // namespace
}  // namespace orch::test
