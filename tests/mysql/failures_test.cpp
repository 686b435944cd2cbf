// What may pass is waited for, what is refused fails at once with the next step; and the rights
// that docs/privileges.md names are enough.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/mariadb_server.h"
#include "tests/support/replication.h"
#include "tests/support/rows.h"
#include "workers/worker.h"

namespace orch {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MysqlFailures : public testing::Test {
 protected:
  MysqlFailures() {
    server_.create_database("failing");
    server_.run("CREATE TABLE orders (id int PRIMARY KEY, v int)", "failing");
  }

  /// The error's name, its message and its cause, which has the hint.
  template <class Work>
  static std::string told(Work&& work) {
    try {
      work();
    } catch (const workers::TaskFailed& failure) {
      return fmt::format("{}: {} {}", failure.error(), failure.what(), failure.cause());
    }
    return "no failure";
  }

  std::string described(const data::Relation& relation) {
    return told([&] { open()->describe(relation); });
  }
  std::string opened(const data::ReadRequest& request) {
    return told([&] { open()->open(request); });
  }
  std::unique_ptr<data::Source> open(const std::string& user = "orch") {
    return mysql::open_source(server_.settings("failing", user));
  }

  test::MariadbServer& server_ = test::MariadbServer::shared();
};

TEST_F(MysqlFailures, NameWhatIsThereInstead) {
  EXPECT_THAT(described({{"", "order"}, ""}),
              AllOf(HasSubstr("Source.TableMissing: no table order at"),
                    HasSubstr("did you mean \"orders\"")));
  data::ReadRequest request;
  request.from.table.name = "orders";
  request.columns = {"idd"};
  EXPECT_THAT(opened(request), HasSubstr("Source.ColumnMissing: no column \"idd\" in orders; did "
                                         "you mean \"id\""));
}

TEST_F(MysqlFailures, OfTheAuthorsSqlComeBeforeARowIsRead) {
  data::ReadRequest request;
  request.from.table.name = "orders";
  request.columns = {"id"};
  for (const auto* where : {"1) OR (1", "id = 1; DROP TABLE orders", "id = @@port", "/*! 1 */",
                            "'unfinished", "id = `x"}) {
    request.where = where;
    EXPECT_THAT(opened(request), HasSubstr("Source.QueryFailed: the condition")) << where;
  }
  request.where = "nothing = 1";
  EXPECT_THAT(opened(request), AllOf(HasSubstr("Source.QueryFailed"), HasSubstr("nothing")));
  EXPECT_THAT(described({{}, "SELEC 1"}), HasSubstr("Source.QueryFailed"));
  EXPECT_THAT(described({{}, "SELECT 1 FROM nowhere"}), HasSubstr("Source.QueryFailed"));
  EXPECT_EQ(server_.value("SELECT count(*) FROM failing.orders"), "0");
}

TEST_F(MysqlFailures, AQueryCannotWrite) {
  server_.run(
      "DELIMITER //\nCREATE FUNCTION failing.wr() RETURNS int DETERMINISTIC MODIFIES SQL DATA "
      "BEGIN INSERT INTO failing.orders VALUES (1, 1); RETURN 1; END//\n",
      "failing");
  EXPECT_THAT(told([&] { open()->empty({{}, "SELECT wr()"}); }), HasSubstr("READ ONLY"));
  EXPECT_EQ(server_.value("SELECT count(*) FROM failing.orders"), "0");
}

TEST_F(MysqlFailures, OfConnectingSayWhatToDo) {
  auto settings = server_.settings("failing", "nobody_here");
  EXPECT_THAT(told([&] { mysql::open_source(settings); }),
              AllOf(HasSubstr("Connection.Refused"), HasSubstr("check the user")));
  settings = server_.settings("not_there");
  EXPECT_THAT(told([&] { mysql::open_source(settings); }),
              AllOf(HasSubstr("Connection.Refused"), HasSubstr("SHOW DATABASES")));
  settings.options.host = server_.folder() / "no_socket";
  EXPECT_THAT(told([&] { mysql::ping(settings); }), HasSubstr("Connection.Down"));
  EXPECT_THAT(mysql::ping(server_.settings("failing")), HasSubstr("MariaDB"));
}

TEST_F(MysqlFailures, OfALockThatIsHeldAreWaitedForAndTold) {
  auto settings = server_.settings("failing");
  settings.lock_seconds = 1;
  const auto source = mysql::open_source(settings);
  mysql::Connection holder(settings.options, {});
  holder.exec("LOCK TABLES orders WRITE");
  data::ReadRequest request;
  request.from.table.name = "orders";
  request.columns = {"id"};
  EXPECT_THAT(told([&] {
                test::CollectingSink sink;
                source->open(request).at(0)->read(sink, [] { return false; });
              }),
              HasSubstr("Source.Locked"));
}

// The statements of docs/privileges.md, with its names.
TEST_F(MysqlFailures, TheRightsOfTheManualAreEnoughAndThoseMissingAreNamed) {
  server_.run(
      "CREATE OR REPLACE DATABASE ledger; CREATE TABLE ledger.t (id int PRIMARY KEY, j json, s "
      "int);"
      "INSERT INTO ledger.t VALUES (1, '{}', 2); CREATE OR REPLACE USER orch_reader@localhost;"
      "GRANT SELECT ON ledger.* TO orch_reader@localhost");
  const auto source = mysql::open_source(server_.settings("ledger", "orch_reader"));
  EXPECT_EQ(source->list().size(), 1u);
  const auto table = source->describe({{"", "t"}, ""});
  EXPECT_EQ(table.key, std::vector<std::string>{"id"});
  EXPECT_EQ(table.columns.at(1).kind, data::Kind::json);
  EXPECT_EQ(test::read_table(*source, "t"), (std::vector<test::TextRow>{{"1", "{}", "2"}}));
  data::ReadRequest request;
  request.from.table.name = "t";
  request.columns = {"id"};
  source->open(request);
  EXPECT_NE(source->position().if_contains("at"), nullptr);

  server_.run(
      "REVOKE SELECT ON ledger.* FROM orch_reader@localhost;"
      "GRANT SELECT (id, j) ON ledger.t TO orch_reader@localhost");
  const auto narrow = mysql::open_source(server_.settings("ledger", "orch_reader"));
  EXPECT_EQ(test::read_all(*narrow, request), (std::vector<test::TextRow>{{"1"}}));
  request.columns = {"s"};
  EXPECT_THAT(told([&] { narrow->open(request); }), HasSubstr("Source."));
  EXPECT_THAT(told([&] {
                narrow->empty({{}, "SELECT s FROM t"});
              }),
              AllOf(HasSubstr("Source.Denied"), HasSubstr("grant the user SELECT on the column")));
  EXPECT_THAT(told([&] {
                narrow->empty({{}, "SELECT * FROM failing.orders"});
              }),
              AllOf(HasSubstr("Source.Denied"), HasSubstr("grant the user SELECT on the table")));
}

}  // namespace
}  // namespace orch
