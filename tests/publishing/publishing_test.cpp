// Every case of tests/publishing/cases over every target.
#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>

#include <gtest/gtest.h>

#include "tests/publishing/scenario.h"
#include "tests/support/case_file.h"
#include "tests/support/known_failures.h"

namespace orch {
namespace {

using boost::json::object;

/// A case, and a target that has what it needs.
struct Question {
  object one;
  const test::TargetKind* kind;

  std::string name() const { return test::case_name(one); }
  friend void PrintTo(const Question& question, std::ostream* out) { *out << question.name(); }
};

/// Of all files, in the order of their names.
std::vector<object> all_cases() {
  std::vector<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(std::string(ORCH_SOURCE_DIR) +
                                                              "/tests/publishing/cases"))
    files.push_back(file.path().filename().string());
  std::sort(files.begin(), files.end());
  std::vector<object> cases;
  for (const auto& file : files)
    for (auto& one : test::cases_in("../publishing/cases/" + file)) cases.push_back(std::move(one));
  return cases;
}

std::vector<Question> questions() {
  std::vector<Question> all;
  for (const auto& one : all_cases())
    for (const auto& kind : test::target_kinds())
      if (test::able(kind, one)) all.push_back({one, &kind});
  return all;
}

test::KnownFailures& known_failures() {
  static test::KnownFailures known("publishing/known_failures.json");
  return known;
}

class Publishing : public testing::TestWithParam<Question> {};

TEST_P(Publishing, Case) {
  const auto& question = GetParam();
  known_failures().judge(question.name(), question.kind->name,
                         test::play(question.one, *question.kind));
}

INSTANTIATE_TEST_SUITE_P(Exam, Publishing, testing::ValuesIn(questions()),
                         [](const testing::TestParamInfo<Question>& instance) {
                           return instance.param.name() + "_on_" + instance.param.kind->name;
                         });

TEST(KnownFailures, NameCasesOfTheExam) {
  std::set<std::string> names;
  for (const auto& question : questions())
    names.insert(test::KnownFailures::key(question.name(), question.kind->name));
  known_failures().expect_only(names);
}

TEST(Needs, AreWhatSomeTargetCan) {
  std::set<std::string> known;
  for (const auto& kind : test::target_kinds())
    known.insert(kind.capabilities.begin(), kind.capabilities.end());
  for (const auto& one : all_cases()) {
    const auto* needs = one.if_contains("needs");
    if (!needs) continue;
    for (const auto& need : needs->as_array())
      EXPECT_TRUE(known.contains(std::string(need.as_string()))) << test::case_name(one);
  }
}

}  // namespace
}  // namespace orch
