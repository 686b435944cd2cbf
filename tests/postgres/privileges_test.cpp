// Users with exactly the rights that docs/privileges.md lists, and with one less.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/postgres/pair.h"
#include "workers/replication/audit/audit.h"

namespace orch {
namespace {

using test::entry_of;
using test::error_of;
using test::pg_run;
using test::pg_value;
using testing::AllOf;
using testing::HasSubstr;

/// The n-th block of SQL of the page, for the databases of the tests.
std::string documented(std::size_t n, const test::Pair& pair) {
  std::ifstream file(std::string(ORCH_SOURCE_DIR) + "/docs/privileges.md");
  std::ostringstream all;
  all << file.rdbuf();
  auto text = all.str();
  for (; n > 0; --n) text.erase(0, text.find("```sql") + 6);
  text.resize(text.find("```"));
  const auto replace = [&](const std::string& name, const std::string& with) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + with.size()))
      text.replace(at, name.size(), with);
  };
  replace("DATABASE ledger", "DATABASE " + pair.from_name);
  replace("DATABASE warehouse", "DATABASE " + pair.to_name);
  return text;
}

class Privileges : public testing::Test {
 protected:
  Privileges() {
    for (const auto& url : {pair_.from, pair_.to})
      for (const std::string role : {"orch_reader", "orch_loader", "orch_auditor"})
        if (pg_value(url, "SELECT count(*) FROM pg_roles WHERE rolname = '" + role + "'") == "1")
          pg_run(url, "DROP SCHEMA IF EXISTS app, mart CASCADE; DROP OWNED BY " + role);
    pg_run(pair_.server.url(),
           "DROP ROLE IF EXISTS orch_reader; DROP ROLE IF EXISTS orch_loader; DROP ROLE IF EXISTS "
           "orch_auditor");
    pg_run(pair_.from,
           "DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app;"
           "CREATE TYPE app.mood AS ENUM ('ok'); "
           "CREATE TABLE app.t (id integer PRIMARY KEY, v text, m app.mood); "
           "INSERT INTO app.t VALUES (1, 'a', 'ok'), (2, 'b', NULL)");
    pg_run(pair_.to,
           "DROP SCHEMA IF EXISTS app, mart CASCADE; CREATE SCHEMA mart; REVOKE ALL ON SCHEMA "
           "public FROM PUBLIC; REVOKE ALL ON DATABASE " +
               pair_.to_name + " FROM PUBLIC");
    pg_run(pair_.from, documented(1, pair_));
    pg_run(pair_.to, documented(2, pair_));
  }

  data::Source& source() {
    if (!source_)
      source_ =
          postgres::open_source({pair_.server.conninfo(pair_.from_name, "orch_reader"), "from"});
    return *source_;
  }
  data::Target& target() {
    if (!target_)
      target_ = postgres::open_target({pair_.server.conninfo(pair_.to_name, "orch_loader"), "to"});
    return *target_;
  }

  static catalog::Entry entry(const std::string& table, const std::string& to) {
    auto entry = entry_of(table);
    entry.source.table.schema = "app";
    entry.target = {"mart", to};
    entry.exclude = {"m"};
    return entry;
  }

  std::string refused(const catalog::Entry& entry, std::string* message) {
    return error_of([&] { test::Replication(source(), target(), 900).stage(entry); }, message);
  }

  test::Pair pair_;
  std::unique_ptr<data::Source> source_;
  std::unique_ptr<data::Target> target_;
};

TEST_F(Privileges, TheDocumentedOnesAreEnough) {
  test::Replication replication(source(), target());
  for (int twice = 0; twice < 2; ++twice) replication.replicate(entry("t", "made"));
  EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM mart.made"), "2");
  pg_run(pair_.to, "CREATE TABLE mart.existing (id serial PRIMARY KEY, v text)");
  std::string message;
  EXPECT_EQ(refused(entry("t", "existing"), &message), "Target.Denied");
  EXPECT_THAT(message, HasSubstr("GRANT SELECT, INSERT, UPDATE, DELETE ON mart.existing"));
  pg_run(pair_.to, documented(3, pair_));
  EXPECT_EQ(refused(entry("t", "existing"), &message), "Target.Denied");
  EXPECT_THAT(message, HasSubstr("GRANT SELECT, UPDATE ON SEQUENCE mart.existing_id_seq"));
  pg_run(pair_.to, documented(4, pair_));
  for (const auto strategy : {data::Strategy::replace, data::Strategy::upsert}) {
    auto existing = entry("t", "existing");
    existing.strategy = strategy;
    replication.replicate(existing);
  }
  EXPECT_EQ(pg_value(pair_.to, "SELECT count(*) FROM mart.existing"), "2");
}

TEST_F(Privileges, TheDocumentedOnesAreEnoughToCompare) {
  test::Replication(source(), target()).replicate(entry("t", "made"));
  pg_run(pair_.to, documented(5, pair_));
  const auto audit = [&] {
    const auto conninfo = pair_.server.conninfo(pair_.to_name, "orch_auditor");
    const auto auditor = postgres::open_target({conninfo, "to"});
    const auto published = postgres::open_source({conninfo, "to"});
    return replication::audit(entry("t", "made"),
                              {source(), *auditor, [&]() -> data::Source& { return *published; }},
                              {[] {}, [] { return false; }});
  };
  EXPECT_TRUE(audit().equal());
  EXPECT_TRUE(audit().last_load.is_object());
  pg_run(pair_.to, "REVOKE SELECT ON mart.made FROM orch_auditor");
  EXPECT_EQ(error_of(audit), "Target.Denied");
}

TEST_F(Privileges, AMissingOneIsNamed) {
  std::string message;
  pg_run(pair_.to, "REVOKE CREATE ON SCHEMA mart FROM orch_loader");
  EXPECT_EQ(refused(entry("t", "made"), &message), "Target.Denied");
  EXPECT_THAT(message, HasSubstr("GRANT CREATE ON SCHEMA mart TO orch_loader"));
  auto elsewhere = entry("t", "made");
  elsewhere.target.schema = "nowhere";
  EXPECT_EQ(refused(elsewhere, &message), "Target.Denied");
  EXPECT_THAT(message, HasSubstr("GRANT CREATE ON DATABASE to_there TO orch_loader"));
  pg_run(pair_.from,
         "REVOKE SELECT ON app.t FROM orch_reader; GRANT SELECT (id) ON app.t TO "
         "orch_reader");
  EXPECT_EQ(refused(entry("t", "made"), &message), "Source.Denied");
  EXPECT_THAT(message, AllOf(HasSubstr("may not read v of app.t")));
  pg_run(pair_.from, "REVOKE ALL ON app.t FROM orch_reader");
  EXPECT_EQ(refused(entry("t", "made"), &message), "Source.Denied");
  EXPECT_THAT(message, HasSubstr("any column of app.t"));
}

TEST_F(Privileges, SomeColumnsAreEnoughForAnEntryThatNamesThem) {
  pg_run(pair_.from,
         "REVOKE SELECT ON app.t FROM orch_reader; GRANT SELECT (id) ON app.t TO "
         "orch_reader");
  auto some = entry("t", "made");
  some.exclude.clear();
  some.columns = {{"id", "id", ""}};
  test::Replication(source(), target()).replicate(some);
  EXPECT_EQ(pg_value(pair_.to, "SELECT sum(id) FROM mart.made"), "3");
}

}  // namespace
}  // namespace orch
