// Declared types and their meaning: tests/cases/sqlite_types.json.
#include <gtest/gtest.h>

#include "tests/support/case_file.h"
#include "workers/sqlite/declared_type.h"

namespace orch::sqlite {
namespace {

const std::vector<std::string> kinds{"boolean", "int16",     "int32",       "int64", "float32",
                                     "float64", "numeric",   "text",        "bytes", "date",
                                     "time",    "timestamp", "timestamptz", "uuid",  "json",
                                     "any",     "other"};
const std::vector<std::string> affinities{"blob", "text", "numeric", "integer", "real"};

class DeclaredType : public testing::TestWithParam<boost::json::object> {};

TEST_P(DeclaredType, Means) {
  const auto& one = GetParam();
  const std::string declared(one.at("declared").as_string());
  const auto column = column_of("c", declared);
  EXPECT_EQ(one.at("kind").as_string(), kinds.at(static_cast<std::size_t>(column.kind)));
  EXPECT_EQ(one.at("affinity").as_string(),
            affinities.at(static_cast<std::size_t>(affinity_of(declared))));
  const auto number = [&](const char* name) {
    const auto* value = one.if_contains(name);
    return value ? value->to_number<int>() : 0;
  };
  EXPECT_EQ(column.precision, number("precision"));
  EXPECT_EQ(column.scale, number("scale"));
  EXPECT_EQ(column.length, number("length"));
  EXPECT_EQ(column.native, declared);
}

INSTANTIATE_TEST_SUITE_P(Types, DeclaredType,
                         testing::ValuesIn(test::cases_in("sqlite_types.json")),
                         [](const auto& one) { return test::case_name(one.param); });

TEST(DeclaredType, OfAnotherDatabaseComesBackWithItsKind) {
  using data::Kind;
  for (const auto kind : {Kind::boolean, Kind::int64, Kind::float64, Kind::text, Kind::bytes,
                          Kind::date, Kind::time, Kind::timestamp, Kind::timestamptz, Kind::any}) {
    data::Column column;
    column.kind = kind;
    EXPECT_EQ(column_of("c", declared_for(column)).kind, kind);
  }
  data::Column numeric;
  numeric.kind = Kind::numeric;
  EXPECT_EQ(declared_for(numeric), "TEXT");
  numeric.precision = 18;
  EXPECT_EQ(declared_for(numeric), "INTEGER");
  numeric.precision = 19;
  EXPECT_EQ(declared_for(numeric), "TEXT");
}

}  // namespace
}  // namespace orch::sqlite
