#include "orchestrator/store/sqlite/soundness.h"

#include <fmt/format.h>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/packed_text.h"
#include "orchestrator/store/sqlite/guard.h"
#include "orchestrator/store/sqlite/machine_rows.h"
#include "orchestrator/store/sqlite/pipeline_rows.h"
#include "orchestrator/store/sqlite/rows.h"
#include "orchestrator/store/sqlite/store.h"

namespace orch::store {
namespace {

/// Goes through the tables of one store.
class Look {
 public:
  Look(sqlite::Database& db, std::string path) : db_(db), path_(std::move(path)) {}

  Soundness all() {
    file();
    runs();
    histories();
    definitions();
    payloads();
    registry();
    return std::move(found_);
  }

 private:
  void tell(const std::string& what) {
    found_.damages.push_back(fmt::format("the run store {} is damaged: {}", path_, what));
  }

  void file() {
    sqlite::Statement query(db_, "PRAGMA integrity_check(20)");
    while (query.step())
      if (query.text(0) != "ok") tell(fmt::format("SQLite: {}", query.text(0)));
  }

  void runs() {
    sqlite::Statement query(db_, fmt::format("SELECT {} FROM execution", row_columns));
    while (query.step()) {
      ++found_.runs;
      const auto row = read_row(query, path_);
      if (!row.damage.empty()) found_.damages.push_back(row.damage);
    }
  }

  // Each row of events follows the one before, and the last is where the history ends.
  void histories() {
    sqlite::Statement query(
        db_,
        "SELECT execution_id, first_id, last_id, events, checksum FROM history UNION ALL "
        "SELECT execution_id, first_id, last_id, events, checksum FROM packed_history "
        "ORDER BY execution_id, first_id");
    std::int64_t run = 0, last = 0;
    while (query.step()) {
      if (query.int64(0) != run) {
        end_of(run, last);
        run = query.int64(0);
        last = 0;
      }
      if (query.int64(1) != last + 1)
        tell(fmt::format("run number {}: events {} to {} are missing", run, last + 1,
                         query.int64(1) - 1));
      last = query.int64(2);
      found_.events += last - query.int64(1) + 1;
      const auto text = query.storage(3) == sqlite::Storage::blob ? query.blob(3) : query.text(3);
      if (!query.null(4) && query.int64(4) != checksum_of(run, query.int64(1), last, text))
        tell(fmt::format("run number {}: events {} to {} do not have their checksum", run,
                         query.int64(1), last));
    }
    end_of(run, last);
    sqlite::Statement lost(
        db_,
        "SELECT execution_id, last_id FROM history_end AS lost WHERE last_id > 0 "
        "AND NOT EXISTS (SELECT 1 FROM history WHERE execution_id = "
        "lost.execution_id) AND NOT EXISTS (SELECT 1 FROM packed_history WHERE "
        "execution_id = lost.execution_id)");
    while (lost.step())
      tell(fmt::format("run number {}: events 1 to {} are missing", lost.int64(0), lost.int64(1)));
  }

  void end_of(std::int64_t run, std::int64_t last) {
    sqlite::Statement query(db_, "SELECT last_id FROM history_end WHERE execution_id = ?");
    if (run != 0 && query.bind(run).step() && query.int64(0) > last)
      tell(
          fmt::format("run number {}: events {} to {} are missing", run, last + 1, query.int64(0)));
  }

  void definitions() {
    sqlite::Statement query(db_, "SELECT hash, text FROM definition");
    while (query.step())
      if (definition_hash(query.text(1)) != query.text(0))
        tell(fmt::format("row {} of table definition: its text does not have this hash",
                         query.text(0)));
    sqlite::Statement missing(db_,
                              "SELECT run_id FROM execution WHERE NOT EXISTS (SELECT 1 FROM "
                              "definition WHERE hash = definition_hash)");
    while (missing.step()) tell(fmt::format("run {} has no definition", missing.text(0)));
  }

  void payloads() {
    sqlite::Statement query(db_, "SELECT id, hash, text FROM payload");
    while (query.step()) {
      try {
        if (definition_hash(unpack(query.blob(2))) == query.text(1)) continue;
        tell(fmt::format("row {} of table payload: its text does not have its hash",
                         query.int64(0)));
      } catch (const std::runtime_error& error) {
        tell(fmt::format("row {} of table payload: {}", query.int64(0), error.what()));
      }
    }
  }

  template <class Read>
  void rows(const std::string& query_text, const Read& read) {
    sqlite::Statement query(db_, query_text);
    while (query.step()) {
      try {
        read(query);
      } catch (const DamagedRow& row) {
        tell(row.what());
      }
    }
  }

  void registry() {
    const std::string revision = std::string(", ") + revision_columns + " FROM ";
    rows("SELECT state_machine.id, name, type, state_machine.created_ms, state_machine.checksum" +
             revision + "state_machine JOIN revision ON revision.id = state_machine.revision",
         read_machine);
    rows("SELECT number, description, version.created_ms, version.checksum, version.machine" +
             revision + "version JOIN revision ON revision.id = version.revision",
         read_version);
    rows("SELECT name, description, routing, created_ms, updated_ms, machine, checksum FROM alias",
         read_alias);
    rows("SELECT name, configuration, created_ms, checksum FROM activity", read_activity);
    rows("SELECT key, value, resource, checksum FROM tag", read_tag);
    rows(fmt::format("SELECT {} FROM fire", fire_columns), read_fire);
    rows(fmt::format("SELECT {} FROM backfill", backfill_columns), read_backfill);
    rows("SELECT trigger_text, position_ms, pipeline, trigger_name, checksum FROM trigger_position",
         read_position);
    rows(fmt::format("SELECT name, project, deployed_ms, paused_ms, paused_by, paused_note, "
                     "pipeline.checksum, {} FROM pipeline JOIN pipeline_revision ON "
                     "pipeline_revision.id = pipeline.revision",
                     pipeline_revision_columns),
         read_pipeline);
  }

  sqlite::Database& db_;
  std::string path_;
  Soundness found_;
};

}  // namespace

Soundness check_sqlite(const std::filesystem::path& path) {
  open_sqlite_as_reader(path);  // a store, of this version
  return Guard(path.string())([&] {
    const bool rests = RestingFile::rests(path);
    sqlite::Database db(path, rests ? sqlite::Access::unchanging : sqlite::Access::read_only);
    db.exec("BEGIN");  // one moment of it
    return Look(db, path.string()).all();
  });
}

}  // namespace orch::store
