// Expressions that ask for too much get an error in good time, never a crash.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/jsonata/outcome.h"

namespace orch::jsonata::test {
namespace {

namespace bj = boost::json;

std::string code_of(const bj::object& got) {
  const auto* error = got.if_contains("error");
  return error != nullptr ? std::string(error->at("code").as_string()) : json::write(got);
}

std::string code_of(std::string_view expression) { return code_of(outcome(expression)); }

std::string repeated(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(Guardrail, EndlessRecursionIsTooDeep) {
  EXPECT_EQ(code_of("($f := function($n) { 1 + $f($n + 1) }; $f(0))"), "D1011");
  EXPECT_EQ(code_of("($f := function($n) { [$f($n)] }; $f(0))"), "D1011");
  EXPECT_EQ(code_of("($f := function($x) { $map([$x], $f) }; $f(1))"), "D1011");
}

TEST(Guardrail, TailCallsNeedNoStack) {
  const auto got = outcome(
      "($f := function($n, $sum) { $n = 0 ? $sum : $f($n - 1, $sum + $n) };"
      " $f(100000, 0))");
  EXPECT_EQ(mismatch({{"result", 5'000'050'000}}, got), "");
}

TEST(Guardrail, EndlessTailCallsRunOutOfSteps) {
  auto bounds = environment();
  bounds.limits.steps = 100'000;
  EXPECT_EQ(code_of(outcome("($f := function() { $f() }; $f())", nullptr, {}, bounds)), "D1012");
}

TEST(Guardrail, TheClockIsTheCallers) {
  auto bounds = environment();
  int looks = 0;
  bounds.limits.expired = [&looks] { return ++looks == 3; };
  EXPECT_EQ(code_of(outcome("($f := function() { $f() }; $f())", nullptr, {}, bounds)), "D1012");
  EXPECT_EQ(looks, 3);
}

/// What the service allows, and one item or a few characters more.
TEST(Guardrail, MemoryEndsWhereTheServicesDoes) {
  auto bounds = environment();
  bounds.limits = bounded();
  const auto answer = [&](std::string_view expression) {
    return code_of(outcome(expression, nullptr, {}, bounds));
  };
  EXPECT_EQ(answer("$count([1..873782])"), R"({"result":873782})");
  EXPECT_EQ(answer("$count([1..873783])"), "D1020");
  EXPECT_EQ(answer("$length($pad('', 4194304))"), R"({"result":4194304})");
  EXPECT_EQ(answer("$length($pad('', 8388608))"), "D1020");
  EXPECT_EQ(answer("[1..10000000][0]"), "D1020");
  EXPECT_EQ(answer("$map([1..10], function($i) { [[1..600000]] })"), "D1020");
  EXPECT_EQ(answer("($f := function($a, $n) { $n = 0 ? $count($a) : $f($append($a, $a), $n - 1) };"
                   " $f([1..1000], 20))"),
            "D1020");
  EXPECT_EQ(answer("$count([1..3000].[[1..3000]])"), "D1020");
  EXPECT_EQ(answer("$count($append([1..400000], [1..500000]))"), "D1020");
  // What is let go of counts no longer.
  EXPECT_EQ(answer("$count([1..20].$count([1..400000]))"), R"({"result":20})");
}

TEST(Guardrail, DepthIsTheCallers) {
  auto bounds = environment();
  bounds.limits.depth = 10;
  EXPECT_EQ(code_of(outcome("1 + (2 + (3 + 4))", nullptr, {}, bounds)),
            json::write(bj::object{{"result", 10}}));
  EXPECT_EQ(code_of(outcome("((((((((((1))))))))))", nullptr, {}, bounds)), "D1011");
}

TEST(Guardrail, RangesAreBounded) {
  EXPECT_EQ(code_of("[0..10000000]"), "D2014");
  EXPECT_EQ(code_of("[-1e300..1e300]"), "D2014");
  EXPECT_EQ(mismatch({{"result", 10'000'000}}, outcome("$count([1..10000000])")), "");
}

TEST(Guardrail, NestedTextIsRefusedOrRead) {
  for (const auto* open : {"(", "[", "{\"a\":", "-", "a[", "a.(", "$f(", "function(){", "1+("})
    EXPECT_NE(code_of(repeated(open, 100'000)), "") << open;
  for (const auto* link : {"a.", "1+", "a?b:", "a~>", "$x:=", "a&", "!", "%.", "a@$b."})
    EXPECT_NE(code_of(repeated(link, 20'000) + "a"), "") << link;
}

TEST(Guardrail, DeepInputIsWalkedOrRefused) {
  bj::value deep = 1;
  for (int i = 0; i < 5'000; ++i) deep = bj::array{std::move(deep)};
  for (const auto* expression : {"**", "$string($)", "$ = $", "$ ~> |$|{}|", "a",
                                 "$distinct([$, $])", "$boolean($)", "$keys($)", "$spread($)", "*"})
    EXPECT_NE(json::write(outcome(expression, &deep)), "") << expression;
}

TEST(Guardrail, DeepResultsAreWalkedOrRefused) {
  const std::string deep = "($deep := $reduce([1..50000], function($all, $n) { {\"a\": $all} }); ";
  for (const auto* walk :
       {"$deep", "$deep = $deep", "$string($deep)", "$deep ~> |a|{}|", "$deep.**"})
    EXPECT_EQ(code_of(deep + walk + ")"), "D1011") << walk;
  EXPECT_EQ(mismatch({{"result", 1}}, outcome(deep + "$count($keys($deep)))")), "");
}

TEST(Guardrail, HopelessRegularExpressionsAreStopped) {
  const auto text = repeated("a", 40);
  EXPECT_EQ(code_of("$match(\"" + text + "!\", /^(a+)+$/)"), "D1012");
  EXPECT_EQ(code_of("$replace(\"" + text + "!\", /(a|aa)+$/, \"\")"), "D1012");
}

TEST(Guardrail, LargeLiteralsAreText) {
  const auto got = outcome("$length(\"" + repeated("x", 10'000'000) + "\")");
  EXPECT_EQ(mismatch({{"result", 10'000'000}}, got), "");
}

TEST(Guardrail, PaddingIsBounded) { EXPECT_EQ(code_of("$pad(\"a\", 1e12)"), "D2015"); }

TEST(Guardrail, AFunctionIsNoResult) {
  EXPECT_THROW(Expression::parse("$sum").evaluate(nullptr), NotJson);
  EXPECT_THROW(Expression::parse("{\"a\": [function() { 1 }]}").evaluate(nullptr), NotJson);
}

TEST(Guardrail, SeveralThreadsEvaluateOneExpression) {
  const auto expression = Expression::parse(
      "$sum($map(numbers, function($n) { $n * $length($replace(\"aXb\", /x/i, \"yy\")) }))");
  const bj::value input = {{"numbers", {1, 2, 3}}};
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round)
        if (same(*expression.evaluate(&input, {}, environment()), 24)) ++right;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 800);
}

}  // namespace
}  // namespace orch::jsonata::test
