#include "orchestrator/cli/render/text.h"

#include <gtest/gtest.h>

#include "orchestrator/cli/render/grid.h"

namespace orch::cli::render {
namespace {

TEST(Text, WidthCountsColumnsNotBytes) {
  EXPECT_EQ(display_width("tréaty"), 6U);
  EXPECT_EQ(display_width("e\u0301"), 1U);  // a combining accent
  EXPECT_EQ(display_width("再保険"), 6U);
  EXPECT_EQ(display_width("\xff\xfe"), 2U);
}

TEST(Text, FitCutsAtColumnsAndDisarmsControlCharacters) {
  EXPECT_EQ(fit("premium", 7), "premium");
  EXPECT_EQ(fit("premium", 4), "pre…");
  EXPECT_EQ(fit("再保険", 4), "再…");
  EXPECT_EQ(fit("a\033[31mb", 20), "a?[31mb");
  EXPECT_EQ(fit_end("01m8p13pcqaaq7a1", 16), "01m8p13pcqaaq7a1");
  EXPECT_EQ(fit_end("01m8p13pcqaaq7a1", 8), "…qaaq7a1");
  EXPECT_EQ(fit_end("01m8", 0), "");
}

TEST(Text, CountsAndRates) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(-1234567), "-1,234,567");
  EXPECT_EQ(rate_text(12399.6), "12,400/s");
  EXPECT_EQ(rate_text(1234567), "1.2 M/s");
}

TEST(Text, DurationsRoundWithoutSixtySeconds) {
  EXPECT_EQ(duration_text(Millis{-5}), "0 ms");
  EXPECT_EQ(duration_text(Millis{999}), "999 ms");
  EXPECT_EQ(duration_text(Millis{4'249}), "4.2 s");
  EXPECT_EQ(duration_text(Millis{59'960}), "1 m 00 s");
  EXPECT_EQ(duration_text(Millis{3'725'000}), "1 h 02 m");
  EXPECT_EQ(duration_text(Millis{76 * 3'600'000}), "3 d 04 h");
}

TEST(Grid, AlignsLeavesOutEmptyColumnsAndKeepsToTheWidth) {
  Grid grid({{"TABLE", false, true}, {"EMPTY"}, {"ROWS", true}});
  grid.add({"再保険", "", "12"});
  grid.add({"a_very_long_table_name", "", "1,234"});
  Look look;
  look.width = 20;
  EXPECT_EQ(grid.text(look),
            "TABLE           ROWS\n"
            "再保険            12\n"
            "a_very_long_…  1,234\n");
}

TEST(Grid, WrapsUnderTheIndent) {
  EXPECT_EQ(wrapped("create the table or remove it", 20, 4), "create the table\n    or remove it");
  EXPECT_EQ(wrapped("no limit at all", 0, 4), "no limit at all");
}

TEST(Grid, AScreenTakesOurColoursAndNoOtherSequence) {
  const Look look{.color = true};
  for (const auto tone : {Tone::good, Tone::bad, Tone::busy, Tone::faint, Tone::strong}) {
    const auto ours = toned("text", tone, look) + '\n';
    EXPECT_EQ(screen_text(ours), ours);
  }
  EXPECT_EQ(screen_text("a\033[31mb\033[0m\n"), "a\033[31mb\033[0m\n");
  EXPECT_EQ(screen_text("\033]0;title\a\033[2J\033[8m\033[33m\033"), "?]0;title??[2J?[8m?[33m?");
}

}  // namespace
}  // namespace orch::cli::render
