// What may be put into brackets as one expression, by the rules of each dialect.
#include "workers/data/expression.h"

#include <gtest/gtest.h>

#include "tests/support/case_file.h"
#include "workers/worker.h"

namespace orch {
namespace {

using data::SqlDialect;

class Expressions : public testing::TestWithParam<boost::json::object> {};

TEST_P(Expressions, AreOneOrAreRefused) {
  const std::string sql(GetParam().at("sql").as_string());
  const std::string_view one = GetParam().at("one").as_string();
  const auto in_postgresql = data::why_not_one(sql, SqlDialect::postgresql);
  const auto in_sqlite = data::why_not_one(sql, SqlDialect::sqlite);
  EXPECT_EQ(in_postgresql.empty(), one == "both" || one == "postgresql") << in_postgresql;
  EXPECT_EQ(in_sqlite.empty(), one == "both" || one == "sqlite") << in_sqlite;
  for (const auto& [name, dialect] :
       {std::pair{"mysql", SqlDialect::mysql}, std::pair{"sqlserver", SqlDialect::sqlserver},
        std::pair{"oracle", SqlDialect::oracle}, std::pair{"standard", SqlDialect::standard}})
    if (const auto* taken = GetParam().if_contains(name)) {
      const auto problem = data::why_not_one(sql, dialect);
      EXPECT_EQ(problem.empty(), taken->as_bool()) << name << ": " << problem;
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, Expressions, testing::ValuesIn(test::cases_in("expressions.json")),
                         [](const auto& instance) { return test::case_name(instance.param); });

TEST(Enclosed, EndsACommentAndNamesWhatIsRefused) {
  const data::Refusal refusal{"Source.QueryFailed", "the condition of t", "a hint", "ORCH-0431"};
  EXPECT_EQ(data::enclosed("a -- b", SqlDialect::sqlite, refusal), "(a -- b\n)");
  try {
    data::enclosed("a) OR (b", SqlDialect::sqlite, refusal);
    FAIL() << "it was taken";
  } catch (const workers::TaskFailed& failure) {
    EXPECT_EQ(failure.error(), "Source.QueryFailed");
    EXPECT_STREQ(failure.what(), "the condition of t: a \")\" closes nothing");
  }
}

}  // namespace
}  // namespace orch
