// The reference implementation's cases, with a score for each group. Skipped when the corpus is
// absent.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/jsonata/outcome.h"

namespace orch::jsonata::test {
namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;

fs::path corpus() {
  const char* shared = std::getenv("ORCH_SHARED");
  const fs::path root =
      shared != nullptr ? fs::path(shared) : fs::path(ORCH_SOURCE_DIR) / ".." / "shared";
  return root / "conformance" / "jsonata" / "cases.jsonl";
}

/// {"code", …}, {"error": {…}}, {"result"} or {"undefined"}: the first one is an error as well.
bj::object expectation(const bj::object& each) {
  auto expected = each.at("expect").as_object();
  if (expected.contains("code")) return {{"error", std::move(expected)}};
  return expected;
}

/// The cases that set limits expect the reference's own error for them.
void accept_our_limits(bj::object& expected) {
  auto* error = expected.if_contains("error");
  if (error == nullptr || error->at("code") != "U1001") return;
  error->as_object()["code"] = "D1011";
}

std::string failure(const bj::object& each) {
  auto expected = expectation(each);
  auto bounds = environment();
  if (const auto* depth = each.if_contains("depth"))
    bounds.limits.depth = static_cast<int>(depth->as_int64());
  if (each.contains("timelimit")) accept_our_limits(expected);
  const auto* bindings = each.if_contains("bindings");
  const auto got = outcome(std::string_view(each.at("expr").as_string()), each.if_contains("data"),
                           bindings ? bindings_of(bindings->as_object()) : Bindings(), bounds);
  return mismatch(expected, got, each.contains("unordered"));
}

struct Score {
  int passed = 0;
  int all = 0;
};

TEST(Corpus, EveryCasePasses) {
  std::ifstream file(corpus());
  if (!file) GTEST_SKIP() << "no corpus at " << corpus();
  std::map<std::string, Score> groups;
  Score total;
  for (std::string line; std::getline(file, line);) {
    const auto each = json::parse(line).as_object();
    const auto problem = failure(each);
    auto& group = groups[std::string(each.at("group").as_string())];
    for (auto* score : {&group, &total}) {
      ++score->all;
      if (problem.empty()) ++score->passed;
    }
    EXPECT_EQ(problem, "") << each.at("id") << ": " << each.at("expr");
  }
  for (const auto& [name, score] : groups)
    fmt::print("{:32} {:4} of {:4}\n", name, score.passed, score.all);
  fmt::print("{:32} {:4} of {:4}\n", "all", total.passed, total.all);
  EXPECT_GT(total.all, 0);
}

}  // namespace
}  // namespace orch::jsonata::test
