#include "orchestrator/asl/intrinsic.h"

#include <set>
#include <string>

#include <gmock/gmock.h>

#include "orchestrator/asl/failure.h"
#include "orchestrator/asl/path.h"
#include "tests/asl/cases.h"

namespace orch::asl {
namespace {

using test::Case;

class Intrinsics : public testing::TestWithParam<Case> {};

TEST_P(Intrinsics, AnswersOrSaysWhyNot) {
  const auto& given = GetParam();
  if (given.has("syntax")) {
    try {
      Intrinsic::compile(given.text("call"));
      FAIL() << "compiled";
    } catch (const SyntaxProblem& problem) {
      EXPECT_THAT(problem.what(), testing::HasSubstr(given.text("syntax")));
      EXPECT_LT(std::string(problem.what()).size(), 1000u);
    }
    return;
  }
  const auto call = Intrinsic::compile(given.text("call"));
  const auto scope = test::scope_of(given);
  if (given.has("expect")) {
    EXPECT_EQ(json::write(call.evaluate(scope)), json::write(given.value("expect")));
    return;
  }
  try {
    FAIL() << "gave " << json::write(call.evaluate(scope));
  } catch (const EvaluationError& error) {
    EXPECT_EQ(error.failure().error, "States.Runtime");
    EXPECT_EQ(error.failure().cause, "The function '" + given.text("call") +
                                         "' had the following error: " + given.text("reason"));
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Intrinsics, testing::ValuesIn(test::load("intrinsics.json")),
                         test::test_name);

std::string evaluated(const std::string& call, std::uint64_t seed) {
  const boost::json::value data = boost::json::object();
  Scope scope;
  scope.data = &data;
  scope.seed = seed;
  return json::write(Intrinsic::compile(call).evaluate(scope));
}

bool is_version4(const std::string& uuid) {
  const std::string shape = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  return std::equal(uuid.begin(), uuid.end(), shape.begin(), shape.end(), [](char c, char wanted) {
    const std::string digits = wanted == 'y' ? "89ab" : "0123456789abcdef";
    return wanted == 'x' || wanted == 'y' ? digits.find(c) != digits.npos : c == wanted;
  });
}

TEST(Intrinsic, UuidsAreVersion4AndDependOnTheSeedOnly) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const auto uuid = evaluated("States.UUID()", seed);
    EXPECT_TRUE(is_version4(uuid.substr(1, uuid.size() - 2))) << uuid;
    EXPECT_EQ(uuid, evaluated("States.UUID()", seed));
    seen.insert(uuid);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(Intrinsic, CallsOfOneExpressionDiffer) {
  const auto pair = json::parse(evaluated("States.Array(States.UUID(), States.UUID())", 1));
  EXPECT_NE(pair.at(0), pair.at(1));
}

TEST(Intrinsic, RandomNumbersCoverTheirRangeAndNothingElse) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 1000; ++seed)
    seen.insert(evaluated("States.MathRandom(-2, 3)", seed));
  EXPECT_EQ(seen, (std::set<std::string>{"-2", "-1", "0", "1", "2"}));
}

TEST(Intrinsic, ASeedOfTheCallDecidesAlone) {
  const auto first = evaluated("States.MathRandom(0, 1000000, 42)", 1);
  EXPECT_EQ(first, evaluated("States.MathRandom(0, 1000000, 42)", 2));
  EXPECT_NE(first, evaluated("States.MathRandom(0, 1000000, 43)", 1));
}

TEST(Intrinsic, UniqueOfManyItemsIsQuick) {
  boost::json::array items;
  for (int i = 0; i < 200'000; ++i) items.emplace_back(i % 100'000);
  const boost::json::value data = std::move(items);
  Scope scope;
  scope.data = &data;
  EXPECT_EQ(Intrinsic::compile("States.ArrayUnique($)").evaluate(scope).as_array().size(),
            100'000u);
}

TEST(Intrinsic, CompilingNeverCrashesOnDamagedText) {
  for (const auto& each : test::load("intrinsics.json")) {
    const auto text = each.text("call");
    if (text.size() > 1000) continue;
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
      for (const auto& damaged :
           {text.substr(0, cut), text.substr(0, cut) + text.substr(cut + 1)}) {
        try {
          Intrinsic::compile(damaged);
        } catch (const SyntaxProblem&) {
        }
      }
    }
  }
}

TEST(Intrinsic, ARefusalOfBytesThatAreNoCharactersShowsSomeOfThem) {
  EXPECT_THROW(Intrinsic::compile(std::string(200, '\x87')), SyntaxProblem);
  EXPECT_THROW(Path::compile(std::string(200, '\x94')), SyntaxProblem);
}

}  // namespace
}  // namespace orch::asl
