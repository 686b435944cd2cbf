// What a report says, in each medium.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/json/text.h"
#include "workers/replication/report/html.h"
#include "workers/replication/report/markdown.h"
#include "workers/replication/report/run_report.h"

namespace orch::replication {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TableReport table(const std::string& text) {
  return read_table(json::parse(text), {{"ledger", "sqlite:ledger.db"}});
}

TableReport good() {
  return table(
      R"json({"table":{"key":"fx_rates","source":{"connection":"ledger","table":"fx_rates"},
    "target":{"connection":"dwh","schema":"rpt","table":"fx"},"strategy":"upsert"},
    "stage":{"rows":1200,"digest":"00112233445566778899aabbccddeeff","rows_per_second":5000,
             "duration_ms":240,"as_of":{"time":"2026-11-30T06:00:01.250Z","lsn":"0/1A2B"}},
    "verify":{"duration_ms":10,"checks":[
      {"name":"unique (day, currency)","passed":true,"found":"0","expected":"0"}]},
    "merge":{"rows":45000,"method":"merge","duration_ms":30},
    "reconcile":{"equal":true,"deletes":"not followed","duration_ms":20}})json");
}

TableReport bad() {
  const std::string cause = R"json({"message":"posting: 63 rows break it","hint":"mend it",
    "code":"ORCH-0502","checks":[{"name":"amount is not null","passed":false,
    "found":"63 rows, the first: 3, 7","expected":"none"}]})json";
  boost::json::value result = json::parse(R"json({"table":{"key":"posting",
    "source":{"connection":"ledger","table":"posting"},
    "target":{"connection":"dwh","table":"posting"}},"stage":{"rows":500}})json");
  result.as_object()["error"] = {{"Error", "Check.Failed"}, {"Cause", cause}};
  auto failed = read_table(result, {});
  failed.readers_see = readers_see(
      Published{40'000, "2026-11-29 06:00:00 UTC", "2026-11-29 06:00:09 UTC", "nightly"});
  return failed;
}

RunReport report_of(std::vector<TableReport> tables) {
  RunReport report;
  report.run = "01m8mwza5m8z5dep";
  report.name = "nightly";
  report.started = "2026-11-30 06:00:00 UTC";
  report.written = "2026-11-30 06:01:00 UTC";
  report.tables = std::move(tables);
  return report;
}

TEST(Report, TellsWhereTheTimeWent) {
  auto result = good().json;
  EXPECT_THAT(to_markdown(report_of({good()})), Not(HasSubstr("Where the time went")));
  EXPECT_THAT(to_html(report_of({good()})), Not(HasSubstr("encoding")));
  result.as_object()["stage"].as_object()["times"] =
      json::parse(R"({"source_ms":110,"encode_ms":20,"target_ms":190,"waited_for_source_ms":40,
                      "waited_for_target_ms":90})");
  const auto report = report_of({read_table(result, {}), bad()});
  EXPECT_THAT(to_markdown(report),
              HasSubstr("| fx_rates | 0.24 s | 0.11 s | 0.02 s | 0.19 s | 0.01 s | 0.03 s |"));
  EXPECT_THAT(to_html(report), AllOf(HasSubstr("staged 0.24 s (source 0.11 s, encoding 0.02 s, "
                                               "target 0.19 s)"),
                                     HasSubstr("read back 0.01 s, published 0.03 s")));
}

TEST(Report, ReadsWhatTheStepsSay) {
  const auto fx = good();
  EXPECT_EQ(fx.source, "ledger: fx_rates (sqlite:ledger.db)");
  EXPECT_EQ(fx.target, "dwh: rpt.fx");
  EXPECT_EQ(fx.as_of, "2026-11-30 06:00:01 UTC (LSN 0/1A2B)");
  EXPECT_EQ(fx.verdict, "equal");
  EXPECT_EQ(fx.milliseconds, 300);
  EXPECT_FALSE(fx.deletes_followed);
  const auto posting = bad();
  EXPECT_TRUE(posting.failed);
  EXPECT_EQ(posting.message, "63 rows break it");
  ASSERT_EQ(posting.checks.size(), 1u);
  EXPECT_FALSE(posting.checks[0].passed);
  EXPECT_EQ(table(R"({"key":"old","error":{"Error":"E","Cause":"plain"}})").message, "plain");
}

TEST(Report, CountsOnlyWhatIsPublished) {
  const auto report = report_of({good(), bad()});
  EXPECT_EQ(report.rows_read(), 1'200);
  EXPECT_EQ(report.rows(), 45'000);
  EXPECT_EQ(report.summary(),
            "1 of 2 tables, 1,200 rows read, 45,000 in the target. Failed: posting.");
  EXPECT_EQ(report.headline(), "1 of 2 tables failed");
  EXPECT_EQ(report_of({good()}).headline(), "1 table replicated");
  EXPECT_EQ(report_of({}).headline(), "No tables");
}

TEST(Report, SaysWhatReadersOfAFailedTableSee) {
  EXPECT_EQ(bad().readers_see,
            "40,000 rows of 2026-11-29 06:00:00 UTC, published by run nightly at 2026-11-29 "
            "06:00:09 UTC");
  EXPECT_EQ(readers_see(Published{1, "", "2026-11-29 06:00:09 UTC", "n"}),
            "1 row of 2026-11-29 06:00:09 UTC, published by run n");
  EXPECT_EQ(readers_see(std::nullopt), "no rows that orch has published");
}

TEST(Report, EveryMediumTellsTheSame) {
  const auto report = report_of({good(), bad()});
  for (const auto& text : {to_markdown(report), to_html(report)}) {
    EXPECT_THAT(text, AllOf(HasSubstr("1 of 2 tables failed"), HasSubstr("nightly"),
                            HasSubstr("2026-11-30 06:00:00 UTC"), HasSubstr("40,000 rows of"),
                            HasSubstr("45,000"), HasSubstr("1,200"), HasSubstr("63 rows")));
    EXPECT_THAT(text, AllOf(HasSubstr("deletes are not followed"), HasSubstr("amount is not null"),
                            HasSubstr("orch explain ORCH-0502"), HasSubstr("upsert"),
                            HasSubstr("dwh: rpt.fx"), HasSubstr("ledger: fx_rates")));
  }
}

/// The page without its style, which says nothing.
std::string without_style(std::string html) {
  const auto from = html.find("<style>");
  const auto to = html.find("</style>\n") + 9;
  return html.erase(from, to - from);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// ORCH_GOLDEN=write writes them anew; a change shows in the diff and must be explained there.
TEST(Report, IsAsRecorded) {
  auto changed = good();
  changed.key = "fx_<pairs>_2026";
  changed.entry_changed = true;
  changed.deletes_followed = true;
  const auto report = report_of({good(), changed, bad()});
  const std::string folder = ORCH_SOURCE_DIR "/tests/replication/reports/";
  for (const auto& [file, text] : {std::pair{"nightly.md", to_markdown(report)},
                                   std::pair{"nightly.html", without_style(to_html(report))}}) {
    if (std::getenv("ORCH_GOLDEN")) std::ofstream(folder + file) << text;
    EXPECT_EQ(text, read_file(folder + file)) << file;
  }
}

TEST(Report, WhatComesFromOutsideStandsForItself) {
  auto odd = bad();
  odd.key = "<img src=x onerror=alert(1)>|`a`*b*\x1b[31m";
  odd.message = "line one\nline two </p><script>\u202e\xc2\x9b\u2028";
  odd.hint = "[click](javascript:alert(1))";
  const auto html = to_html(report_of({odd}));
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<img")), Not(HasSubstr("<script")),
                          HasSubstr("&lt;img src=x onerror=alert(1)&gt;"), Not(HasSubstr("\x1b")),
                          HasSubstr("&lt;script&gt;???")));
  const auto markdown = to_markdown(report_of({odd}));
  EXPECT_THAT(markdown, AllOf(HasSubstr(R"(\<img src=x onerror=alert(1)\>\|\`a\`\*b\*?\[31m)"),
                              HasSubstr(R"(line one line two \</p\>\<script\>???)"),
                              HasSubstr(R"(\[click\](javascript)"), Not(HasSubstr("\x1b"))));
}

TEST(Report, NamesWithUnderscoresStayReadable) {
  auto plain = good();
  plain.key = "fx_rates_2026";
  EXPECT_THAT(to_markdown(report_of({plain})), HasSubstr("| fx_rates_2026 |"));
}

TEST(Report, ThePageLoadsNothing) {
  const auto html = to_html(report_of({good(), bad()}));
  for (const auto* tag : {"<script", "<link", "<img", "@import", "url(", "http:", "https:"})
    EXPECT_THAT(html, Not(HasSubstr(tag)));
  EXPECT_THAT(html, AllOf(HasSubstr("prefers-color-scheme: dark"), HasSubstr("name=\"viewport\"")));
}

}  // namespace
}  // namespace orch::replication
