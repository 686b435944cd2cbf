// What a discovery makes of a database with schemas.
#include "workers/catalog/discover.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"
#include "tests/postgres/pair.h"
#include "tests/support/temp_folder.h"
#include "workers/catalog/catalog.h"

namespace orch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Discover : public ::testing::Test {
 protected:
  Discover() {
    folder_.write(
        "connections.json",
        fmt::format(R"({{"version":1,"connections":{{"from":{{"url":"{}"}},)"
                    R"("limited":{{"url":"{}"}},"to":{{"url":"{}"}},)"
                    R"("file":{{"url":"sqlite:t.db"}}}}}})",
                    pair_.from, pair_.server.url_of("limited", pair_.from_name), pair_.to));
    test::pg_run(
        pair_.from,
        "DROP SCHEMA IF EXISTS claims, policy, \"My Schema\", shut CASCADE;"
        "CREATE SCHEMA claims; CREATE SCHEMA policy; CREATE SCHEMA \"My Schema\";"
        "CREATE TABLE claims.claim (id int PRIMARY KEY);"
        "CREATE TABLE claims.note (id int PRIMARY KEY); INSERT INTO claims.note VALUES (1);"
        "CREATE TABLE policy.note (id int PRIMARY KEY);"
        "CREATE TABLE policy.part (id int) PARTITION BY RANGE (id);"
        "CREATE TABLE policy.part_1 PARTITION OF policy.part DEFAULT;"
        "CREATE MATERIALIZED VIEW policy.sums AS SELECT 1 AS n;"
        "CREATE TABLE \"My Schema\".\"T 1\" (id int)");
  }
  ~Discover() override {
    test::pg_run(pair_.from, "DROP SCHEMA IF EXISTS claims, policy, \"My Schema\", shut CASCADE");
  }

  catalog::Discovery discover(catalog::DiscoverOptions options) const {
    if (options.source.empty()) options.source = "from";
    if (options.target.empty()) options.target = "to";
    return catalog::discover(connectors::Connections::load(folder_ / "connections.json"), options);
  }
  /// "key: target" of every entry.
  static std::vector<std::string> entries(const catalog::Discovery& found) {
    std::vector<std::string> all;
    for (const auto& entry : catalog::parse_catalog(found.catalog, "found").entries)
      all.push_back(entry.key + ": " + entry.target.display());
    return all;
  }
  /// Code and message of what is refused.
  std::string refusal(const catalog::DiscoverOptions& options) const {
    try {
      discover(options);
    } catch (const Error& error) {
      return fmt::format("{} {} ({})", error.code(), error.what(), error.hint());
    }
    return "none";
  }

  test::Pair pair_;
  test::TempFolder folder_;
};

TEST_F(Discover, TakesAllSchemasAndKeepsThem) {
  test::pg_run(pair_.from, "CREATE TABLE policy.bare ()");
  const auto found = discover({});
  EXPECT_THAT(entries(found),
              ElementsAre("T 1: My Schema.T 1", "claim: claims.claim", "claims.note: claims.note",
                          "policy.note: policy.note", "part: policy.part"));
  ASSERT_EQ(found.left_out.size(), 2u);
  EXPECT_EQ(found.left_out[0].relation.kind, "materialized view");
  EXPECT_EQ(found.left_out[1].reason, "it has no columns");
  EXPECT_THAT(entries(discover({"", "", {}, {}, {}, true})),
              ::testing::Contains("sums: policy.sums"));
}

TEST_F(Discover, ChoosesSchemasAndTablesByPattern) {
  EXPECT_THAT(entries(discover({"", "", {"cl*"}, {}, {}})),
              ElementsAre("claim: claims.claim", "note: claims.note"));
  EXPECT_THAT(entries(discover({"", "", {"claims", "policy"}, {"no?e"}, {}})),
              ElementsAre("claims.note: claims.note", "policy.note: policy.note"));
  EXPECT_THAT(entries(discover({"", "", {}, {"policy.note", "T 1"}, {}})),
              ElementsAre("T 1: My Schema.T 1", "note: policy.note"));
  const auto one = discover({"", "", {"claims"}, {}, {}}).catalog;
  EXPECT_EQ(json::write(one.at("defaults")), R"({"source":{"connection":"from","schema":"claims"},)"
                                             R"("target":{"connection":"to","schema":"claims"}})");
}

TEST_F(Discover, MapsSchemasOfTheTarget) {
  EXPECT_THAT(entries(discover({"", "", {"claims"}, {}, {"raw"}})),
              ElementsAre("claim: raw.claim", "note: raw.note"));
  EXPECT_THAT(entries(discover({"", "", {"claims", "policy"}, {"note"}, {"claims=c"}})),
              ElementsAre("claims.note: c.note", "policy.note: policy.note"));
  EXPECT_THAT(refusal({"", "", {}, {}, {"raw"}}),
              HasSubstr("ORCH-0316 the tables claims.note and policy.note would both become"));
  EXPECT_THAT(refusal({"", "", {}, {}, {"clams=c"}}), HasSubstr("did you mean \"claims\""));
}

TEST_F(Discover, PutsTheSchemaIntoTheNameWhereTheTargetHasNone) {
  EXPECT_THAT(entries(discover({"from", "file", {"claims", "policy"}, {}, {}})),
              ElementsAre("claim: claim", "claims.note: claims_note", "policy.note: policy_note",
                          "part: part"));
  test::pg_run(pair_.from, "CREATE TABLE claims.policy_note (id int)");
  EXPECT_THAT(refusal({"from", "file", {"claims", "policy"}, {}, {}}), HasSubstr("ORCH-0316"));
  EXPECT_THAT(refusal({"from", "file", {}, {}, {"x"}}), HasSubstr("the target has no schemas"));
}

TEST_F(Discover, RefusesWhatIsNotThere) {
  EXPECT_THAT(refusal({"", "", {"polcy"}, {}, {}}),
              HasSubstr("ORCH-0313 no schema \"polcy\" in from; did you mean \"policy\"? "
                        "(there are: My Schema, claims, policy, public)"));
  EXPECT_THAT(refusal({"", "", {"public"}, {}, {}}), HasSubstr("ORCH-0314"));
  EXPECT_THAT(refusal({"", "", {}, {"nott"}, {}}),
              HasSubstr("ORCH-0312 no table \"nott\" in from; did you mean \"note\""));
  EXPECT_TRUE(entries(discover({"", "", {"public"}, {}, {}, false, true})).empty());
}

TEST_F(Discover, NamesTheMissingGrant) {
  test::pg_run(pair_.from,
               "DO $$ BEGIN CREATE ROLE limited LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; "
               "END $$; CREATE SCHEMA shut; CREATE TABLE shut.t (id int);"
               "GRANT USAGE ON SCHEMA claims TO limited; GRANT SELECT ON claims.claim TO limited");
  const auto found = discover({"limited", "", {"claims", "shut"}, {}, {}});
  EXPECT_THAT(entries(found), ElementsAre("claim: claims.claim"));
  ASSERT_EQ(found.left_out.size(), 2u);
  EXPECT_THAT(found.left_out[0].reason,
              HasSubstr("GRANT SELECT ON \"claims\".\"note\" TO \"limited\""));
  EXPECT_THAT(found.left_out[1].reason, HasSubstr("GRANT USAGE ON SCHEMA \"shut\" TO \"limited\""));
}

TEST_F(Discover, AMissingTableIsExplained) {
  const auto why = [&](const data::TableName& name) {
    std::string message;
    test::error_of([&] { pair_.source().describe({name, ""}); }, &message);
    return message;
  };
  EXPECT_THAT(why({"", "claim"}), HasSubstr("there is one in schema claims"));
  EXPECT_THAT(why({"claims", "clam"}), HasSubstr("did you mean \"claim\""));
  EXPECT_THAT(why({"clams", "claim"}),
              HasSubstr("there is no schema \"clams\"; did you mean \"claims\""));
}

}  // namespace
}  // namespace orch
