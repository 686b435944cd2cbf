// Typed values of PostgreSQL, spelled here, beside the server's own spelling: a target that keeps
// them as text holds the same as if the server had written it.
#include <array>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/postgres_server.h"
#include "workers/data/source.h"
#include "workers/postgres/numeric.h"
#include "workers/postgres/postgres.h"
#include "workers/rows/value.h"

namespace orch {
namespace {

using data::Cell;

/// Expects of every row that the first cell, in text, is the second.
class SameText final : public data::RowSink {
 public:
  void rows(const data::RowBatch& batch) override {
    for (std::size_t i = 0; i < batch.rows(); ++i) expect(batch.row(i));
    count += batch.rows();
  }
  void encoded(std::string_view) override { FAIL() << "an encoded row"; }

  std::size_t count = 0;

 private:
  void expect(std::span<const Cell> cells) {
    const auto text = rows::text_of(cells[0], scratch_);
    ASSERT_TRUE(text.has_value()) << cells[1].bytes;
    EXPECT_EQ(*text, cells[1].bytes);
    EXPECT_NE(cells[0].type, Cell::Type::text) << cells[1].bytes;
  }

  std::string scratch_;
};

/// Expects of every row that the first cell, a numeric, is spelled as the second, its binary form.
class SameBytes final : public data::RowSink {
 public:
  void rows(const data::RowBatch& batch) override {
    for (std::size_t i = 0; i < batch.rows(); ++i) expect(batch.row(i));
    count += batch.rows();
  }
  void encoded(std::string_view) override { FAIL() << "an encoded row"; }

  std::size_t count = 0;

 private:
  void expect(std::span<const Cell> cells) {
    std::string bytes;
    EXPECT_TRUE(postgres::append_numeric(bytes, cells[0].decimal(), false));
    EXPECT_EQ(bytes, cells[1].bytes) << rows::text_of(cells[0], scratch_).value_or("");
  }

  std::string scratch_;
};

std::string conninfo() {
  static const auto made = [] {
    test::PostgresServer::shared().create_database("server_text");
    return test::PostgresServer::shared().conninfo("server_text");
  }();
  return made;
}

void read(const std::string& query, data::RowSink& sink) {
  const auto source = postgres::open_source({conninfo(), "from"});
  data::ReadRequest request;
  request.from.query = query;
  request.columns = {"v", "w"};
  for (const auto& reader : source->open(request)) reader->read(sink, [] { return false; });
}

struct Values {
  std::string name;
  std::string sql;  ///< a query with a column v
};

// Small and large steps through each type, on both sides of its middle, and its ends.
const std::array values{
    Values{
        "numerics",
        "SELECT (sin(g) * 10 ^ (g % 40 - 20))::numeric AS v FROM generate_series(1, "
        "2000) g UNION ALL SELECT round(1234567890.0987654321::numeric / 10::numeric ^ g, 20) FROM "
        "generate_series(0, 30) g UNION ALL SELECT 10::numeric ^ g FROM generate_series(-40, "
        "40) g UNION ALL SELECT unnest('{0,0.0,0.00000,NaN,Infinity,-Infinity,-0.1,9999,10000,"
        "99999999,100000000,100010000,0.0001,0.00001,1e1000,1e-1000}'::numeric[])"},
    Values{"booleans", "SELECT unnest('{true,false}'::boolean[]) AS v"},
    Values{"dates",
           "SELECT date '2000-01-01' + g * 97 AS v FROM generate_series(-9000, 9000) g UNION ALL "
           "SELECT date '4714-11-24 BC' + g FROM generate_series(0, 800) g UNION ALL SELECT date "
           "'5874897-12-31' - g FROM generate_series(0, 800) g UNION ALL SELECT date "
           "'0001-01-01' + g FROM generate_series(-800, 800) g UNION ALL SELECT "
           "unnest('{infinity,-infinity}'::date[])"},
    Values{"times",
           "SELECT time '00:00' + g * interval '43.200001 s' AS v FROM generate_series(0, 1999) g "
           "UNION ALL SELECT time '24:00'"},
    Values{"timestamps",
           "SELECT timestamp '2000-01-01' + g * interval '11 days 7:11:13.001017' AS v FROM "
           "generate_series(-9000, 9000) g UNION ALL SELECT timestamp '4714-11-24 BC' + g * "
           "interval '8:00:00.1' FROM generate_series(0, 800) g UNION ALL SELECT timestamp "
           "'294276-12-31 23:59:59.999999' - g * interval '8:00:00.1' FROM generate_series(0, 800) "
           "g UNION ALL SELECT unnest('{infinity,-infinity}'::timestamp[])"},
    Values{"timestamps_with_zone",
           "SELECT timestamptz '2000-01-01 00:00:00+00' + g * interval '97:11:13.001017' AS v FROM "
           "generate_series(-9000, 9000) g UNION ALL SELECT timestamptz '0001-01-01 00:00:00+00' + "
           "g * interval '7:00' FROM generate_series(-800, 800) g UNION ALL SELECT "
           "unnest('{infinity,-infinity}'::timestamptz[])"},
    Values{"uuids", "SELECT md5(g::text)::uuid AS v FROM generate_series(1, 500) g"}};

class ServerText : public testing::TestWithParam<Values> {};

TEST_P(ServerText, IsOurs) {
  SameText sink;
  read("SELECT v, v::text AS w FROM (" + GetParam().sql + ") made", sink);
  EXPECT_GT(sink.count, 1u);
}

INSTANTIATE_TEST_SUITE_P(Types, ServerText, testing::ValuesIn(values),
                         [](const auto& instance) { return instance.param.name; });

TEST(Numerics, AreWrittenAsTheServerWritesThem) {
  SameBytes sink;
  read("SELECT v, numeric_send(v) AS w FROM (" + values[0].sql + ") made", sink);
  EXPECT_GT(sink.count, 1u);
}

TEST(Numerics, ThatAreNoneAreRefused) {
  std::string digits(100, '0');
  const auto read_bytes = [&](std::string bytes) {
    return postgres::read_numeric(bytes, digits.data()).has_value();
  };
  EXPECT_TRUE(read_bytes({"\0\1\0\0\0\0\0\0\0\7", 10}));
  EXPECT_FALSE(read_bytes("")) << "nothing";
  EXPECT_FALSE(read_bytes({"\0\2\0\0\0\0\0\0\0\7", 10})) << "a group is missing";
  EXPECT_FALSE(read_bytes({"\0\0\0\0\0\0\0\0\0\7", 10})) << "a group too much";
  EXPECT_FALSE(read_bytes({"\0\1\0\0\0\0\0\0\x27\x10", 10})) << "a group of 10000";
  EXPECT_FALSE(read_bytes({"\0\1\0\0\1\0\0\0\0\7", 10})) << "no such sign";
}

}  // namespace
}  // namespace orch
