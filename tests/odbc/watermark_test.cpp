// Watermarks: what is newer, what has no place in the order, and where the next load begins.
#include "tests/odbc/with_odbc.h"

namespace orch::test {
namespace {

using testing::ElementsAre;

class OdbcWatermarks : public ThroughOdbc {
 protected:
  /// The ids that are read, and the state of the watermark.
  std::vector<std::string> ids(data::WatermarkRange range) {
    auto request = all_of("t", {"id"});
    request.watermark = std::move(range);
    const auto source = open();
    std::vector<std::string> found;
    for (const auto& row : read_all(*source, request)) found.push_back(row.at(0).value_or("NULL"));
    state_ = source->watermark().value();
    std::ranges::sort(found);
    return found;
  }
  data::WatermarkState state_;
};

TEST_P(OdbcWatermarks, OfNumbers) {
  run("CREATE TABLE t (id integer PRIMARY KEY, n integer); INSERT INTO t VALUES (1, 10), (2, 20), "
      "(3, 30), (4, NULL)");
  EXPECT_THAT(ids({.column = "n", .after = "10", .upto = {}}), ElementsAre("2", "3"));
  EXPECT_EQ(state_.upto, "30");
  EXPECT_EQ(state_.order, "number");
  EXPECT_EQ(state_.nulls, 1);
  EXPECT_EQ(state_.example, "id = 4");
  EXPECT_THAT(ids({.column = "n", .after = "20", .upto = "30", .at_after = true}),
              ElementsAre("2", "3"));
  EXPECT_THAT(ids({.column = "n", .after = "30", .upto = {}, .overlap = {.number = "15"}}),
              ElementsAre("2", "3"));
  EXPECT_EQ(open()->high_watermark({{"", "t"}, ""}, "n", "n < 25"), "20");
  EXPECT_EQ(error_of([&] { ids({.column = "n", .after = "x' OR 1", .upto = {}}); }),
            "Watermark.NotComparable");
}

TEST_P(OdbcWatermarks, OfPointsInTime) {
  if (engine() == "sqlite") {
    run("CREATE TABLE t (id integer PRIMARY KEY, at timestamp)");
    EXPECT_EQ(error_of([&] { ids({.column = "at", .after = {}, .upto = {}}); }),
              "Watermark.NotComparable");
    return;
  }
  const auto* precise = engine() == "mysql" ? "datetime(6)" : "timestamp";
  run(fmt::format(
      "CREATE TABLE t (id integer PRIMARY KEY, at {}); INSERT INTO t VALUES (1, '2026-01-01 "
      "00:00:00'), (2, '2026-01-01 00:00:09.5'), (3, '2026-01-01 00:01:00.000001'), (4, NULL)",
      precise));
  EXPECT_THAT(ids({.column = "at", .after = "2026-01-01 00:00:00", .upto = {}}),
              ElementsAre("2", "3"));
  EXPECT_EQ(state_.upto, "2026-01-01 00:01:00.000001");
  EXPECT_THAT(ids({.column = "at",
                   .after = "2026-01-01 00:00:10",
                   .upto = {},
                   .overlap = {.number = "", .seconds = 1}}),
              ElementsAre("2", "3"));
}

TEST_P(OdbcWatermarks, CountWhatHasNoPlaceInTheOrder) {
  if (engine() == "sqlite")
    run("CREATE TABLE t (id integer PRIMARY KEY, n numeric); INSERT INTO t VALUES (1, 1), (2, "
        "'x')");
  else if (engine() == "mysql")
    run("SET sql_mode = ''; CREATE TABLE t (id integer PRIMARY KEY, n date); INSERT INTO t VALUES "
        "(1, '2026-01-01'), (2, '0000-00-00')");
  else
    run("CREATE TABLE t (id integer PRIMARY KEY, n double precision); INSERT INTO t VALUES (1, 1), "
        "(2, 'NaN')");
  EXPECT_EQ(ids({.column = "n", .after = {}, .upto = {}}).size(), 2u);
  EXPECT_EQ(state_.not_comparable, 1);
  EXPECT_EQ(state_.example, "id = 2");
  EXPECT_EQ(state_.upto, engine() == "mysql" ? "2026-01-01" : "1");
}

INSTANTIATE_TEST_SUITE_P(Engines, OdbcWatermarks, testing::Values("mysql", "postgresql", "sqlite"),
                         engine_name);

}  // namespace
}  // namespace orch::test
