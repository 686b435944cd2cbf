// How connections fail, and what the failures say.
#include "tests/odbc/with_odbc.h"

namespace orch::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class OdbcFails : public ThroughOdbc {
 protected:
  std::string outcome(const odbc::Settings& settings) {
    const auto error = error_of([&] { odbc::open_source(settings); }, &message_);
    EXPECT_THAT(message_, Not(HasSubstr("s3cret")));
    EXPECT_THAT(message_, HasSubstr("odbc:tested: connecting: "));
    return error;
  }
  std::string message_;
};

TEST_P(OdbcFails, ByAWrongPassword) {
  auto settings = this->settings();
  settings.secret = "s3cret";
  if (engine() == "mysql") {
    run("CREATE OR REPLACE USER guarded@'127.0.0.1' IDENTIFIED BY 'pass'; GRANT SELECT ON *.* TO "
        "guarded@'127.0.0.1'");
    settings.attributes =
        fmt::format("DRIVER={{MariaDB Unicode}};SERVER=127.0.0.1;PORT={};UID=guarded;DATABASE=odbc",
                    MariadbServer::shared().port());
  } else {
    run("DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'pass'");
    settings.attributes = odbc_attributes(PostgresServer::shared(), "odbc", "guarded");
  }
  EXPECT_EQ(outcome(settings), "Connection.Refused");
  settings.secret = "pass";
  EXPECT_EQ(error_of([&] { odbc::open_source(settings); }), "no failure");
}

TEST_P(OdbcFails, WhereNobodyListens) {
  auto settings = this->settings();
  settings.secret = "s3cret";
  settings.attributes = std::string(engine() == "mysql" ? "DRIVER={MariaDB Unicode}"
                                                        : "DRIVER={PostgreSQL Unicode}") +
                        ";SERVER=127.0.0.1;PORT=1;UID=me;DATABASE=x";
  EXPECT_EQ(outcome(settings), "Connection.Down");
}

TEST_P(OdbcFails, ByAConditionThatIsNone) {
  run("CREATE TABLE t (id integer)");
  const auto source = open();
  auto request = all_of("t", {"id"});
  for (const auto* where : {"1=1) OR (1=1", "nope > 1"}) {
    request.where = where;
    EXPECT_EQ(error_of([&] { source->open(request); }), "Source.QueryFailed") << where;
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, OdbcFails, testing::Values("mysql", "postgresql"), engine_name);

}  // namespace
}  // namespace orch::test
