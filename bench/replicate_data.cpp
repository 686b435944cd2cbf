#include "bench/replicate_data.h"

#include <fmt/format.h>

#include "orchestrator/db/sqlite_db.h"

namespace orch::bench {

namespace {

// Columns in fours: a number, an amount, a text and a time; every fourth column may be NULL.
Shape wide() {
  constexpr int fours = 15;
  Shape shape{"wide", "id bigint NOT NULL", "SELECT g", 1.0 / 8};
  for (int i = 0; i < fours; ++i) {
    shape.columns += fmt::format(
        ", n{0} integer NOT NULL, a{0} numeric(12,2), t{0} text, d{0} timestamp NOT NULL", i);
    shape.rows += fmt::format(
        ", (g * {0} % 100003)::integer, (g * {1} % 1000003)::numeric / 100, "
        "CASE WHEN (g + {2}) % 4 > 0 THEN 'text ' || g % {0} END, "
        "timestamp '2020-01-01' + g * interval '{1} seconds'",
        31 + i, 17 + i, i);
  }
  shape.rows += " FROM generate_series(1::bigint, {}) g";
  return shape;
}

}  // namespace

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all = {
      {"posting",
       "posting_id bigint NOT NULL, treaty_id bigint NOT NULL, period integer NOT NULL, "
       "kind text NOT NULL, currency text NOT NULL, amount numeric(18,2) NOT NULL, "
       "rate numeric(18,8), booked_at timestamp without time zone NOT NULL, description text",
       R"sql(SELECT g, 1 + g * 7919 % 4099, 202001 + g % 12,
           (ARRAY['premium', 'loss', 'commission', 'brokerage'])[1 + g % 4],
           (ARRAY['EUR', 'USD', 'GBP', 'CHF', 'JPY'])[1 + g % 5],
           ((g * 104729 % 20000003) - 9000000)::numeric / 100,
           CASE WHEN g % 5 = 0 THEN NULL ELSE 1 + (g % 100000)::numeric / 100000000 END,
           timestamp '2020-01-01' + g * interval '13 seconds',
           CASE WHEN g % 3 = 0 THEN NULL ELSE 'posting ' || g || ' of the quarterly account' END
      FROM generate_series(1::bigint, {}) g)sql"},
      {"narrow", "id bigint NOT NULL, account integer NOT NULL",
       "SELECT g, (g * 7919 % 100003)::integer FROM generate_series(1::bigint, {}) g", 2},
      wide(),
      {"texts", "id bigint NOT NULL, body text",
       "SELECT g, repeat(md5(g::text) || ' ', 12 + (g % 13)::integer) "
       "FROM generate_series(1::bigint, {}) g",
       1.0 / 5}};
  return all;
}

std::string create_table(const Shape& shape) {
  return fmt::format("CREATE TABLE {} ({})", shape.table, shape.columns);
}

std::string insert_rows(const Shape& shape, std::int64_t rows) {
  return fmt::format("INSERT INTO {} {}", shape.table, fmt::format(fmt::runtime(shape.rows), rows));
}

std::string mariadb_postings(std::int64_t rows) {
  return fmt::format(
      "CREATE TABLE posting (posting_id BIGINT PRIMARY KEY, treaty_id BIGINT NOT NULL, period INT "
      "NOT NULL, kind VARCHAR(20) NOT NULL, currency CHAR(3) NOT NULL, amount DECIMAL(18,2) NOT "
      "NULL, rate DECIMAL(18,8), booked_at DATETIME NOT NULL, description VARCHAR(200)) "
      "ENGINE=InnoDB; INSERT INTO posting SELECT seq, 1 + seq * 7919 % 4099, 202001 + seq % 12, "
      "ELT(1 + seq % 4, 'premium', 'loss', 'commission', 'brokerage'), "
      "ELT(1 + seq % 5, 'EUR', 'USD', 'GBP', 'CHF', 'JPY'), "
      "(CAST(seq * 104729 % 20000003 AS SIGNED) - 9000000) / 100, "
      "IF(seq % 5 = 0, NULL, 1 + (seq % 100000) / 100000000), "
      "TIMESTAMP '2020-01-01 00:00:00' + INTERVAL seq * 13 SECOND, "
      "IF(seq % 3 = 0, NULL, CONCAT('posting ', seq, ' of the quarterly account')) "
      "FROM seq_1_to_{}",
      rows);
}

std::string mariadb_posting_table() {
  return "CREATE TABLE posting (posting_id bigint, treaty_id bigint, period integer, kind "
         "varchar(20), currency char(3), amount numeric(18,2), rate numeric(18,8), booked_at "
         "timestamp, description varchar(200))";
}

void write_sqlite_postings(const std::filesystem::path& file, std::int64_t rows) {
  sqlite::Database db(file);
  db.exec(
      "CREATE TABLE posting (posting_id INTEGER PRIMARY KEY, treaty_id INTEGER NOT NULL, period "
      "INTEGER NOT NULL, kind TEXT NOT NULL, currency TEXT NOT NULL, amount REAL NOT NULL, rate "
      "REAL, booked_at TIMESTAMP NOT NULL, description TEXT)");
  db.exec(
      fmt::format("WITH RECURSIVE n(g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM n WHERE g < {}) "
                  "INSERT INTO posting SELECT g, 1 + g * 7919 % 4099, 202001 + g % 12, "
                  "substr('premium  loss     comm     brokerage', 1 + 9 * (g % 4), 4), "
                  "substr('EURUSDGBPCHFJPY', 1 + 3 * (g % 5), 3), "
                  "((g * 104729 % 20000003) - 9000000) / 100.0, "
                  "CASE WHEN g % 5 = 0 THEN NULL ELSE 1 + (g % 100000) / 100000000.0 END, "
                  "datetime('2020-01-01', '+' || (g * 13) || ' seconds'), "
                  "CASE WHEN g % 3 = 0 THEN NULL ELSE 'posting ' || g || ' of the quarterly "
                  "account' END FROM n",
                  rows));
}

}  // namespace orch::bench
