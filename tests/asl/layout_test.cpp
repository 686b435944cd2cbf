// What every layout keeps, tried on definitions of all shapes.
#include "orchestrator/asl/layout.h"

#include <gtest/gtest.h>

#include "orchestrator/asl/parse.h"
#include "tests/asl/cases.h"

namespace orch::asl {
namespace {

using Box = Layout::Box;

bool overlap(const Box& a, const Box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

bool within(const Box& inner, const Box& outer) {
  return inner.x >= outer.x && inner.y >= outer.y &&
         inner.x + inner.width <= outer.x + outer.width &&
         inner.y + inner.height <= outer.y + outer.height;
}

// Whether a line from `a` to `b` leads through the inside of a box.
bool through(const Layout::Point& a, const Layout::Point& b, const Box& box) {
  constexpr int steps = 50;
  for (int i = 0; i <= steps; ++i) {
    const double share = static_cast<double>(i) / steps;
    const double x = a.x + (b.x - a.x) * share, y = a.y + (b.y - a.y) * share;
    if (x > box.x + 1 && x < box.x + box.width - 1 && y > box.y + 1 && y < box.y + box.height - 1)
      return true;
  }
  return false;
}

void check_ways(const Picture& picture, const Layout& layout, const std::string& name) {
  for (std::size_t i = 0; i < layout.ways.size(); ++i)
    for (std::size_t at = 1; at < layout.ways[i].size(); ++at)
      for (std::size_t node = 0; node < layout.nodes.size(); ++node)
        EXPECT_FALSE(through(layout.ways[i][at - 1], layout.ways[i][at], layout.nodes[node]))
            << name << ": " << picture.nodes[picture.ways[i].from]->name << " to "
            << picture.nodes[picture.ways[i].to]->name << " through " << picture.nodes[node]->name;
}

void check(const std::shared_ptr<const Workflow>& workflow, const std::string& name) {
  const auto picture = picture_of(*workflow);
  const auto layout = layout_of(picture);
  ASSERT_EQ(layout.nodes.size(), picture.nodes.size()) << name;
  ASSERT_EQ(layout.ways.size(), picture.ways.size()) << name;
  const Box whole{0, 0, layout.width, layout.height};
  for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
    EXPECT_TRUE(within(layout.nodes[i], whole)) << name << " " << picture.nodes[i]->name;
    for (std::size_t other = 0; other < i; ++other)
      EXPECT_FALSE(overlap(layout.nodes[i], layout.nodes[other]))
          << name << " " << picture.nodes[i]->name << " " << picture.nodes[other]->name;
  }
  for (const auto& frame : layout.frames) {
    EXPECT_TRUE(within(frame.box, whole)) << name;
    EXPECT_GE(frame.box.y, layout.nodes[frame.owner].y + layout.nodes[frame.owner].height) << name;
  }
  for (const auto& way : layout.ways)
    for (const auto& point : way)
      EXPECT_TRUE(point.x >= 0 && point.x <= layout.width && point.y >= 0 &&
                  point.y <= layout.height)
          << name << " " << point.x << "," << point.y;
  check_ways(picture, layout, name);
}

TEST(Layout, NothingOverlapsOrLiesOutside) {
  const std::string source = ORCH_SOURCE_DIR;
  for (const auto* file :
       {"/workflows/replicate.json", "/workflows/verify_only.json", "/tests/cases/graph.asl.json"})
    check(parse_or_throw(test::read_file(source + file), file), file);
  const std::pair<const char*, const char*> table[] = {
      {"one", R"("A":{"Type":"Succeed"})"},
      {"loop", R"("A":{"Type":"Pass","Next":"B"},"B":{"Type":"Choice","Choices":[{"Variable":"$.a",
                "IsNull":true,"Next":"A"}],"Default":"C"},"C":{"Type":"Succeed"})"},
      {"itself", R"("A":{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true,"Next":"A"}],
                  "Default":"B"},"B":{"Type":"Map","Next":"C","Catch":[{"ErrorEquals":["States.ALL"],
                  "Next":"D"}],"ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Choice",
                  "Choices":[{"Variable":"$.b","IsNull":true,"Next":"I"}],"Default":"J"},
                  "J":{"Type":"Succeed"}}}},"C":{"Type":"Pass","Next":"D"},"D":{"Type":"Succeed"})"},
      {"skip", R"("A":{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true,"Next":"C"}],
                "Default":"B"},"B":{"Type":"Pass","Next":"C"},"C":{"Type":"Succeed"})"},
      {"nested", R"("A":{"Type":"Parallel","End":true,"Branches":[
                  {"StartAt":"L","States":{"L":{"Type":"Map","End":true,"ItemProcessor":{
                   "StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}}}},
                  {"StartAt":"R","States":{"R":{"Type":"Pass","Next":"S"},
                   "S":{"Type":"Pass","End":true}}}]})"}};
  for (const auto& [name, states] : table)
    check(parse_or_throw(std::string(R"({"StartAt":"A","States":{)") + states + "}}", name), name);
}

TEST(Layout, AStateIsBelowThoseThatLeadToIt) {
  const auto workflow = parse_or_throw(
      R"({"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true,
         "Next":"C"}],"Default":"B"},"B":{"Type":"Pass","Next":"C"},"C":{"Type":"Succeed"}}})",
      "skip");
  const auto picture = picture_of(*workflow);
  const auto layout = layout_of(picture);
  for (const auto& way : picture.ways)
    EXPECT_GT(layout.nodes[way.to].y, layout.nodes[way.from].y)
        << picture.nodes[way.from]->name << " " << picture.nodes[way.to]->name;
}

}  // namespace
}  // namespace orch::asl
