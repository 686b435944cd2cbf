#include "bench/replicate_data.h"

#include <fmt/format.h>

#include "orchestrator/db/sqlite_db.h"

namespace orch::bench {

std::string create_postings() {
  return R"sql(
    CREATE TABLE posting (
      posting_id  bigint NOT NULL,
      treaty_id   bigint NOT NULL,
      period      integer NOT NULL,
      kind        text NOT NULL,
      currency    text NOT NULL,
      amount      numeric(18,2) NOT NULL,
      rate        numeric(18,8),
      booked_at   timestamp without time zone NOT NULL,
      description text))sql";
}

std::string insert_postings(std::int64_t rows) {
  return fmt::format(R"sql(
    INSERT INTO posting
    SELECT g, 1 + g * 7919 % 4099, 202001 + g % 12,
           (ARRAY['premium', 'loss', 'commission', 'brokerage'])[1 + g % 4],
           (ARRAY['EUR', 'USD', 'GBP', 'CHF', 'JPY'])[1 + g % 5],
           ((g * 104729 % 20000003) - 9000000)::numeric / 100,
           CASE WHEN g % 5 = 0 THEN NULL ELSE 1 + (g % 100000)::numeric / 100000000 END,
           timestamp '2020-01-01' + g * interval '13 seconds',
           CASE WHEN g % 3 = 0 THEN NULL ELSE 'posting ' || g || ' of the quarterly account' END
      FROM generate_series(1::bigint, {}) g)sql",
                     rows);
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
