#include "orchestrator/store/sqlite/journal.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/packed_text.h"
#include "orchestrator/store/sqlite/guard.h"
#include "orchestrator/store/sqlite/rows.h"

namespace orch::store {
namespace {

namespace sql = orch::sqlite;

class SqliteJournal final : public Journal {
 public:
  explicit SqliteJournal(const std::filesystem::path& path)
      : guard_(path.string()), db_(path, sql::Access::read_only) {
    db_.keep_statements();
  }

  std::int64_t last() override {
    return guard_([&] {
      sql::Statement query(db_,
                           "SELECT max(coalesce((SELECT max(id) FROM history), 0), "
                           "coalesce((SELECT max(id) FROM packed_history), 0))");
      return query.step() ? query.int64(0) : 0;
    });
  }

  std::vector<JournalEntry> read(std::int64_t after, std::int64_t limit,
                                 std::optional<ExecutionId> of) override {
    return guard_([&] {
      const auto part = [&](const char* table) {
        return fmt::format(
            "SELECT id, execution_id, first_id, last_id, events, checksum FROM {} "
            "WHERE id > ?1 {}",
            table, of ? "AND execution_id = ?3 " : "");
      };
      // One statement: rows are packed while others read.
      sql::Statement query(db_, fmt::format("{} UNION ALL {} ORDER BY id LIMIT ?2", part("history"),
                                            part("packed_history")));
      query.set_integer(1, after);
      query.set_integer(2, limit);
      if (of) query.set_integer(3, number(*of));
      std::vector<JournalEntry> found;
      while (query.step())
        found.push_back(
            {query.int64(0), ExecutionId{query.int64(1)}, query.int64(3), sound_text(query)});
      return found;
    });
  }

 private:
  // Rows of older versions have no checksum.
  static std::string sound_text(const sql::Statement& row) {
    const bool packed = row.storage(4) == sql::Storage::blob;
    const auto stored = packed ? row.blob(4) : row.text(4);
    if (!row.null(5) &&
        row.int64(5) != checksum_of(row.int64(1), row.int64(2), row.int64(3), stored))
      return {};
    return packed ? unpack(stored) : std::string(stored);
  }

  Guard guard_;
  sql::Database db_;
};

}  // namespace

std::unique_ptr<Journal> open_sqlite_journal(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    throw Error("ORCH-0208", fmt::format("there is no run store {}", path.string()));
  return std::make_unique<SqliteJournal>(path);
}

}  // namespace orch::store
