// Laws that hold for whatever text comes in. ORCH_SEED repeats a run.
#include <array>
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "tests/jsonata/outcome.h"

namespace orch::jsonata::test {
namespace {

namespace bj = boost::json;

std::uint64_t seed() {
  const char* given = std::getenv("ORCH_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20'171'030;
}

/// Random expressions from a vocabulary that makes many of them valid.
class Scribe {
 public:
  explicit Scribe(std::uint64_t seed) : random_(seed) {}

  std::string expression(int depth = 0) {
    static constexpr std::array leaves = {"1", "0",   "-2.5", "\"a\"", "\"x,y\"", "true", "null",
                                          "a", "b.c", "$",    "$$",    "$x",      "[]",   "{}",
                                          "*", "**",  "%",    "a[0]",  "/a/",     "`b`",  "[1..3]"};
    static constexpr std::array shapes = {"(A)",
                                          "[A,B]",
                                          "{\"k\":A}",
                                          "A.B",
                                          "A[B]",
                                          "A+B",
                                          "A=B",
                                          "A<B",
                                          "A&B",
                                          "A in B",
                                          "A and B",
                                          "A?B:A",
                                          "A??B",
                                          "A?:B",
                                          "A^(B)",
                                          "A^(>B)",
                                          "A{\"g\":B}",
                                          "A~>$sum",
                                          "A@$x.B",
                                          "A#$i.B",
                                          "A.%.B",
                                          "$x:=A",
                                          "($x:=A;B)",
                                          "-A",
                                          "A[]",
                                          "A ~> |B|{}|",
                                          "$map(A,$string)",
                                          "$filter(A,function($v,$i){B})",
                                          "$reduce(A,function($p,$q){B})",
                                          "$string(A)",
                                          "$count(A)",
                                          "$sort(A)",
                                          "$keys(A)",
                                          "$split(A,B)",
                                          "$replace(A,B,\"z\")",
                                          "$merge([A,B])",
                                          "$append(A,B)",
                                          "$distinct(A)",
                                          "$formatNumber(A,\"#,##0.0\")",
                                          "$toMillis(A)",
                                          "$fromMillis(A)",
                                          "$number(A)",
                                          "$lookup(A,B)",
                                          "$each(A,function($v,$k){B})",
                                          "$substring(A,1,B)",
                                          "$zip(A,B)",
                                          "$f(A,?)",
                                          "$substring(?,A)(B)",
                                          "function($x){A}(B)",
                                          "[A..B]",
                                          "$match(A,/a/)"};
    if (depth > 4 || pick(4) == 0) return leaves[pick(leaves.size())];
    std::string text;
    for (const char c : std::string_view(shapes[pick(shapes.size())]))
      text += c == 'A' || c == 'B' ? expression(depth + 1) : std::string(1, c);
    return text;
  }

  /// A few bytes changed, removed or doubled.
  std::string damaged(std::string text) {
    for (auto times = pick(4) + 1; times > 0 && !text.empty(); --times) {
      const auto at = pick(text.size());
      switch (pick(3)) {
        case 0:
          text[at] = static_cast<char>(pick(256));
          break;
        case 1:
          text.erase(at, 1 + pick(3));
          break;
        default:
          text.insert(at, text.substr(at, 1 + pick(5)));
      }
    }
    return text;
  }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }

  std::mt19937_64 random_;
};

const bj::value& document() {
  static const auto made =
      json::parse(R"({"a":[1,"x,y",{"b":{"c":[2,3]}}],"b":{"c":"a","2":1},"x":null})");
  return made;
}

Environment small() {
  auto bounds = environment();
  bounds.limits.steps = 100'000;
  return bounds;
}

TEST(Property, AnyExpressionHasAnOutcomeAndAlwaysTheSame) {
  Scribe scribe(seed());
  for (int i = 0; i < 20'000; ++i) {
    const auto text = scribe.expression();
    SCOPED_TRACE(text);
    const auto first = outcome(text, &document(), {}, small());
    EXPECT_EQ(json::write(first), json::write(outcome(text, &document(), {}, small())));
    if (const auto* error = first.if_contains("error")) {
      EXPECT_EQ(error->at("message").as_string().find("{token}"), bj::string::npos);
    }
  }
}

TEST(Property, DamagedTextIsReadOrRefused) {
  Scribe scribe(seed());
  for (int i = 0; i < 20'000; ++i) {
    const auto text = scribe.damaged(scribe.expression());
    EXPECT_FALSE(outcome(text, &document(), {}, small()).empty());
  }
}

TEST(Property, TheInputStaysAsItIs) {
  Scribe scribe(seed());
  const auto before = json::write(document());
  for (int i = 0; i < 2'000; ++i) outcome(scribe.expression(), &document(), {}, small());
  EXPECT_EQ(json::write(document()), before);
}

}  // namespace
}  // namespace orch::jsonata::test
