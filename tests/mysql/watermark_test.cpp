// The rows that a watermark chooses, and what it says of the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/mariadb_server.h"
#include "tests/support/replication.h"
#include "tests/support/rows.h"

namespace orch {
namespace {

using testing::HasSubstr;
using Rows = std::vector<test::TextRow>;

class MysqlWatermark : public testing::Test {
 protected:
  MysqlWatermark() {
    server_.create_database("marks");
    server_.run(
        "SET sql_mode = ''; SET time_zone = '+02:00'; CREATE TABLE t (id int PRIMARY KEY, n "
        "decimal(20,10), "
        "f float, u bigint unsigned, d date, dt datetime(6), ts timestamp(3) NULL, s varchar(9));"
        "INSERT INTO t VALUES"
        " (1, 1.5, 0.1, 18446744073709551614, '2026-01-01', '2026-01-01 00:00:00.000001', "
        "'2026-01-01 02:00:00.5', 'a'),"
        " (2, 2.5, 0.2, 18446744073709551615, '2026-01-02', '2026-01-01 00:00:00.000002', "
        "'2026-01-01 03:00:00', 'b'),"
        " (3, NULL, NULL, NULL, '0000-00-00', '0000-00-00', '0000-00-00', NULL)",
        "marks");
    source_ = mysql::open_source(server_.settings("marks"));
  }

  Rows read(const std::string& column, data::WatermarkRange range) {
    range.column = column;
    data::ReadRequest request;
    request.from.table.name = "t";
    request.columns = {"id"};
    request.watermark = std::move(range);
    return test::read_all(*source_, request);
  }

  test::MariadbServer& server_ = test::MariadbServer::shared();
  std::unique_ptr<data::Source> source_;
};

TEST_F(MysqlWatermark, GoesFromTheLastValueOfEachTypeToTheNext) {
  for (const auto* column : {"id", "n", "f", "u", "d", "dt", "ts"}) {
    SCOPED_TRACE(column);
    server_.run("DELETE FROM t WHERE id = 4", "marks");
    auto first = data::WatermarkRange{};
    first.upto = source_->high_watermark({{"", "t"}, ""}, column, "id = 1");
    EXPECT_THAT(read(column, first), testing::Contains(test::TextRow{"1"}));
    const auto upto = source_->watermark()->upto;
    data::WatermarkRange next;
    next.after = upto;
    next.order = source_->watermark()->order;
    EXPECT_EQ(read(column, next),
              column == std::string("id") ? (Rows{{"2"}, {"3"}}) : (Rows{{"2"}}));
    next.at_after = true;
    EXPECT_THAT(read(column, next), testing::Contains(test::TextRow{"1"}));
    next.at_after = false;
    next.after = source_->watermark()->upto;
    EXPECT_EQ(read(column, next), Rows{});
    EXPECT_EQ(source_->watermark()->upto, next.after);
  }
}

TEST_F(MysqlWatermark, CountsRowsWithoutAValueAndZeroDates) {
  read("n", {});
  EXPECT_EQ(source_->watermark()->nulls, 1);
  EXPECT_EQ(source_->watermark()->not_comparable, 0);
  EXPECT_EQ(source_->watermark()->example, "id = 3");
  for (const auto* column : {"d", "dt", "ts"}) {
    read(column, {});
    EXPECT_EQ(source_->watermark()->nulls, 0) << column;
    EXPECT_EQ(source_->watermark()->not_comparable, 1) << column;
    EXPECT_EQ(source_->watermark()->example, "id = 3") << column;
  }
}

TEST_F(MysqlWatermark, OverlapsByANumberOrByTime) {
  data::WatermarkRange range;
  range.after = "2.5";
  range.order = "number";
  range.overlap.number = "1";
  EXPECT_EQ(read("n", range), (Rows{{"1"}, {"2"}}));
  data::WatermarkRange time;
  time.after = "2026-01-01 01:00:00";
  time.overlap.seconds = 3600;
  EXPECT_EQ(read("ts", time), (Rows{{"1"}, {"2"}}));
  time.overlap.seconds = 60;
  EXPECT_EQ(read("ts", time), (Rows{{"2"}}));
}

TEST_F(MysqlWatermark, OfTextIsRefused) {
  std::string message;
  EXPECT_EQ(test::error_of([&] { read("s", {}); }, &message), "Watermark.NotComparable");
  EXPECT_THAT(message, HasSubstr("varchar(9)"));
}

}  // namespace
}  // namespace orch
