#include "bench/limit.h"

#include <string>

#include "orchestrator/db/sqlite_db.h"

namespace orch::bench {

double commit_rate(const std::filesystem::path& folder, Millis duration) {
  using Clock = std::chrono::steady_clock;
  const auto path = folder / "limit.db";
  double rate = 0;
  {
    sqlite::Database db(path);
    db.exec("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT");
    sqlite::Statement insert(db, "INSERT INTO row (text) VALUES (?)");
    const std::string text(100, 'x');
    std::int64_t commits = 0;
    const auto start = Clock::now();
    while (Clock::now() - start < duration) {
      insert.bind(text).run();
      ++commits;
    }
    const std::chrono::duration<double> took = Clock::now() - start;
    rate = static_cast<double>(commits) / took.count();
  }
  for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
  return rate;
}

}  // namespace orch::bench
