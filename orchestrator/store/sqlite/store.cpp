#include "orchestrator/store/sqlite/store.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/base/random.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/db/migrate.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/sqlite/checkpointer.h"
#include "orchestrator/store/sqlite/child_rows.h"
#include "orchestrator/store/sqlite/guard.h"
#include "orchestrator/store/sqlite/history.h"
#include "orchestrator/store/sqlite/limits.h"
#include "orchestrator/store/sqlite/list_query.h"
#include "orchestrator/store/sqlite/machines.h"
#include "orchestrator/store/sqlite/owner_lock.h"
#include "orchestrator/store/sqlite/pipelines.h"
#include "orchestrator/store/sqlite/projects.h"
#include "orchestrator/store/sqlite/rows.h"
#include "orchestrator/store/sqlite/turn.h"
#include "orchestrator/store/under_decision.h"

namespace orch::store {

std::span<const EmbeddedFile> sqlite_migrations();  // generated

namespace {

namespace sql = orch::sqlite;
using execution::Event;

constexpr const char* ledger = "orch_migration";

// An owner's epoch is the time at which it opened the store, in ms: where an older copy of the
// store was put back, a number that is only counted would come again. 4,194,304 fences a ms are
// more than any owner hands out.
constexpr Instant first_epoch = std::chrono::sys_days(std::chrono::year{2020} / 1 / 1);
constexpr int fences_per_ms = 22;  // as a power of two

std::string new_store_id() { return fmt::format("{:016x}{:016x}", random_bits(), random_bits()); }

class SqliteStore final : public Store {
 public:
  /// `lock` is null for all but the owner.
  SqliteStore(std::unique_ptr<OwnerLock> lock, sql::Database db, const std::string& path,
              std::optional<RestingFile> resting = {})
      : guard_(path, std::move(resting)),
        lock_(std::move(lock)),
        under_decision_(lock_ ? path + ".deciding" : std::string()),
        db_(std::move(db)) {
    const auto what = "the run store " + path;
    if (lock_) {
      db_.set_busy_timeout(std::chrono::seconds(1));  // the engine tries again by itself
      sql::migrate(db_, sqlite_migrations(), ledger, what);
      raise_epoch();
      // SQLite makes a temporary table of the statuses for each execution that it checks.
      db_.exec("PRAGMA ignore_check_constraints=ON");
      kit_ = std::make_unique<TurnKit>(db_);
      checkpointer_ = std::make_unique<Checkpointer>(db_, path);
    } else {
      sql::check_version(db_, sqlite_migrations(), ledger, what);
    }
    db_.keep_statements();
    sql::Statement meta(db_, "SELECT value FROM meta WHERE name = 'store_id'");
    if (meta.step()) store_id_ = meta.text(0);
  }

  std::unique_ptr<Turn> begin() override {
    if (!kit_) throw std::logic_error("only the owner's store has turns");
    return std::make_unique<SqliteTurn>(*kit_, guard_);
  }

  ExecutionRow find(const std::string& run) override { return sound(find_unchecked(run)); }
  ExecutionRow find(ExecutionId id) override { return sound(find_unchecked(id)); }

  bool holds(ExecutionId id, execution::EventId last) override {
    return guard_([&] {
      sql::Statement query(db_, last == 0 ? "SELECT 1 FROM execution WHERE id = ?1"
                                          : "SELECT 1 FROM history WHERE execution_id = ?1 AND "
                                            "last_id >= ?2 UNION ALL SELECT 1 FROM packed_history "
                                            "WHERE execution_id = ?1 AND last_id >= ?2");
      query.set_integer(1, number(id));
      if (last != 0) query.set_integer(2, last);
      return query.step();
    });
  }

  ExecutionRow find_unchecked(const std::string& run) override {
    return guard_([&] {
      sql::Statement by_id(db_,
                           fmt::format("SELECT {} FROM execution WHERE run_id = ?", row_columns));
      if (by_id.bind(run).step()) return read_row(by_id, guard_.path());
      if (run == "@last") return find_last();
      auto named = rows(fmt::format("SELECT {} FROM execution WHERE name = ? AND parent IS NULL "
                                    "ORDER BY id DESC LIMIT 3",
                                    row_columns),
                        run);
      if (named.size() > 1) refuse_several("are named", run, named);
      return named.empty() ? find_part(run) : std::move(named.front());
    });
  }

  ExecutionRow find_unchecked(ExecutionId id) override {
    return guard_([&] {
      auto found =
          rows(fmt::format("SELECT {} FROM execution WHERE id = ?", row_columns), number(id));
      if (found.empty()) damaged(fmt::format("row {} of table execution is missing", number(id)));
      return std::move(found.front());
    });
  }

  std::optional<ExecutionRow> find_name(const std::string& workflow,
                                        const std::string& name) override {
    return guard_([&]() -> std::optional<ExecutionRow> {
      auto found =
          rows(fmt::format("SELECT {} FROM execution WHERE workflow = ? AND name = ?", row_columns),
               workflow, name);
      if (found.empty()) return std::nullopt;
      return sound(std::move(found.front()));
    });
  }

  std::vector<ExecutionRow> list(const ListFilter& filter) override {
    return guard_([&] {
      return with_parameters(filter, [&](const auto&... parameters) {
        return rows(list_query(filter), parameters...);
      });
    });
  }

  std::optional<ExecutionRow> find_request(const std::string& request) override {
    return guard_([&]() -> std::optional<ExecutionRow> {
      auto found =
          rows(fmt::format("SELECT {} FROM execution WHERE request = ?", row_columns), request);
      if (found.empty()) return std::nullopt;
      return sound(std::move(found.front()));
    });
  }

  std::optional<ExecutionRow> find_started(ExecutionId starter,
                                           execution::EventId ticket) override {
    return guard_([&]() -> std::optional<ExecutionRow> {
      auto found =
          rows(fmt::format("SELECT {} FROM execution WHERE starter = ? AND starter_ticket = ?",
                           row_columns),
               number(starter), ticket);
      if (found.empty()) return std::nullopt;
      return sound(std::move(found.front()));
    });
  }

  std::optional<MapRunRow> find_map_run(const std::string& name) override {
    return guard_([&]() -> std::optional<MapRunRow> {
      sql::Statement query(db_,
                           fmt::format("SELECT {} FROM map_run WHERE name = ?", map_run_columns));
      if (!query.bind(name).step()) return std::nullopt;
      return read_map_run(query);
    });
  }

  std::vector<MapRunRow> map_runs(ExecutionId execution) override {
    return guard_([&] {
      sql::Statement query(db_, fmt::format("SELECT {} FROM map_run WHERE execution_id = ? "
                                            "ORDER BY event_id",
                                            map_run_columns));
      query.bind(number(execution));
      std::vector<MapRunRow> found;
      while (query.step()) found.push_back(read_map_run(query));
      return found;
    });
  }

  std::vector<ChildCounts> count_children(ExecutionId parent, execution::EventId map_run) override {
    return guard_([&] { return store::count_children(db_, parent, map_run); });
  }

  std::vector<ChildBucket> child_buckets(ExecutionId parent, execution::EventId map_run,
                                         std::int64_t size) override {
    return guard_([&] { return store::child_buckets(db_, parent, map_run, size); });
  }

  std::vector<ExecutionRow> first_failures(ExecutionId parent, execution::EventId map_run,
                                           std::int64_t limit) override {
    return guard_(
        [&] { return store::first_failures(db_, guard_.path(), parent, map_run, limit); });
  }

  std::vector<ExecutionRow> children(ExecutionId parent, execution::EventId map_run,
                                     std::int64_t index, std::int64_t limit) override {
    return guard_([&] {
      auto found = rows(fmt::format("SELECT {} FROM execution WHERE parent = ? AND "
                                    "parent_map_run = ? AND child_index >= ? "
                                    "ORDER BY child_index LIMIT ?",
                                    row_columns),
                        number(parent), map_run, index, limit);
      for (const auto& row : found) require_sound(row);
      return found;
    });
  }

  std::vector<std::string> failed_children(ExecutionId parent, execution::EventId map_run,
                                           execution::EventId redriven) override {
    return guard_([&] { return store::failed_children(db_, parent, map_run, redriven); });
  }

  std::string child_outputs(ExecutionId parent, execution::EventId map_run) override {
    return guard_([&] {
      sql::Statement query(db_, fmt::format("SELECT {} FROM execution WHERE parent = ? AND "
                                            "parent_map_run = ? AND status = 'SUCCEEDED' "
                                            "ORDER BY child_index",
                                            row_columns));
      query.bind(number(parent), map_run);
      std::string text = "[";
      while (query.step()) {
        const auto child = sound(read_row(query, guard_.path()));
        if (text.size() > 1) text += ',';
        text += child.output.value_or("null");
      }
      return text + ']';
    });
  }

  std::string definition(const std::string& hash) override {
    return guard_([&] {
      sql::Statement query(db_, "SELECT text FROM definition WHERE hash = ?");
      if (!query.bind(hash).step()) damaged(fmt::format("table definition has no row {}", hash));
      std::string text(query.text(0));
      if (definition_hash(text) != hash)
        damaged(fmt::format("row {} of table definition: its text does not have this hash", hash));
      return text;
    });
  }

  void history(ExecutionId id, execution::EventId after,
               const std::function<void(Event)>& take) override {
    guard_([&] { read_history(db_, guard_.path(), id, after, take); });
  }

  std::vector<ProgressRow> progress(ExecutionId id) override {
    return guard_([&] {
      sql::Statement query(db_,
                           "SELECT ticket, key, phase, row_count, byte_count, expected, at_ms FROM "
                           "progress WHERE execution_id = ? ORDER BY ticket");
      query.bind(number(id));
      std::vector<ProgressRow> rows;
      while (query.step()) rows.push_back(read_progress(query));
      return rows;
    });
  }

  std::vector<ClaimRow> claims() override {
    return guard_([&] {
      sql::Statement query(db_,
                           "SELECT execution.id, waits_for, claim.name FROM execution "
                           "INDEXED BY execution_running JOIN claim ON execution_id = execution.id "
                           "WHERE status = 'RUNNING' AND paused_ms IS NULL "
                           "ORDER BY execution.id, claim.name");
      std::vector<ClaimRow> found;
      while (query.step()) {
        const ExecutionId id{query.int64(0)};
        if (found.empty() || found.back().execution != id) {
          found.push_back({id, {}, {}});
          if (!query.null(1)) found.back().waits_for = ExecutionId{query.int64(1)};
        }
        found.back().names.emplace_back(query.text(2));
      }
      return found;
    });
  }

  std::vector<std::string> claims_of(ExecutionId id) override {
    return guard_([&] {
      sql::Statement query(db_, "SELECT name FROM claim WHERE execution_id = ? ORDER BY name");
      query.bind(number(id));
      std::vector<std::string> names;
      while (query.step()) names.emplace_back(query.text(0));
      return names;
    });
  }

  std::map<ExecutionId, Instant> last_recorded() override {
    return guard_([&] { return read_last_recorded(db_, guard_.path()); });
  }

  std::vector<Suspect> suspects() override {
    return guard_([&] {
      sql::Statement query(db_,
                           "SELECT CAST(substr(name, 9) AS INTEGER), CAST(value AS INTEGER) "
                           "FROM meta WHERE name GLOB 'suspect:*' ORDER BY 1");
      std::vector<Suspect> found;
      while (query.step()) found.push_back({ExecutionId{query.int64(0)}, query.int64(1)});
      return found;
    });
  }

  Machines& machines() override { return *machines_; }
  Pipelines& pipelines() override { return *pipelines_; }
  Limits& limits() override { return *limits_; }
  Projects& projects() override { return *projects_; }
  UnderDecision& under_decision() override { return under_decision_; }
  const std::string& store_id() const override { return store_id_; }
  std::int64_t first_fence() const override { return (epoch_ << fences_per_ms) + 1; }

 private:
  template <class... Args>
  std::vector<ExecutionRow> rows(const std::string& query, const Args&... args) {
    sql::Statement statement(db_, query);
    statement.bind(args...);
    std::vector<ExecutionRow> found;
    while (statement.step()) found.push_back(read_row(statement, guard_.path()));
    return found;
  }

  static ExecutionRow sound(ExecutionRow row) {
    require_sound(row);
    return row;
  }

  [[noreturn]] void damaged(const std::string& what) const {
    refuse_damaged(fmt::format("the run store {} is damaged: {}", guard_.path(), what));
  }

  [[noreturn]] static void refuse_several(const char* how, const std::string& what,
                                          const std::vector<ExecutionRow>& found) {
    constexpr std::size_t most = 5;
    std::vector<std::string> names;
    for (const auto& row : std::span(found).first(std::min(found.size(), most)))
      names.push_back(
          row.made.name == row.made.run_id
              ? fmt::format("{} of {}", row.made.run_id, row.made.workflow)
              : fmt::format("{} ({} of {})", row.made.run_id, row.made.name, row.made.workflow));
    throw Error("ORCH-0203",
                fmt::format("several runs {} \"{}\": {}{}", how, what, fmt::join(names, ", "),
                            found.size() > most ? ", …" : ""),
                "a whole id names one; ids differ most at their end, and @last is the latest run");
  }

  ExecutionRow find_last() {
    auto found = list({.limit = 1});
    if (found.empty()) throw Error("ORCH-0203", "there is no run yet", "`orch submit` makes one");
    return std::move(found.front());
  }

  // Ids begin with the time: runs of one minute differ at their end.
  ExecutionRow find_part(const std::string& part) {
    const auto such = [&](const char* condition) {
      return part.empty()
                 ? std::vector<ExecutionRow>()
                 : rows(fmt::format("SELECT {} FROM execution WHERE {} ORDER BY run_id DESC "
                                    "LIMIT 6",
                                    row_columns, condition),
                        part);
    };
    // Ids are lower-case letters and digits: '{' is the character after 'z'.
    auto begin = such("parent IS NULL AND run_id >= ?1 AND run_id < ?1 || '{'");
    if (begin.size() == 1) return begin.front();
    const auto end = such("parent IS NULL AND substr(run_id, -length(?1)) = ?1");
    if (end.size() == 1 && begin.empty()) return end.front();
    if (!begin.empty()) refuse_several("begin with", part, begin);
    if (!end.empty()) refuse_several("end with", part, end);
    begin = such("run_id >= ?1 AND run_id < ?1 || '{'");  // children
    if (begin.size() == 1) return begin.front();
    if (!begin.empty()) refuse_several("begin with", part, begin);
    throw Error(
        "ORCH-0203", fmt::format("no run \"{}\"", part),
        "`orch status` lists the runs; a unique beginning or ending of the id is enough, and "
        "@last is the latest run");
  }

  void raise_epoch() {
    sql::Transaction transaction(db_);
    sql::Statement(db_, "INSERT OR IGNORE INTO meta (name, value) VALUES ('store_id', ?)")
        .bind(new_store_id())
        .run();
    sql::Statement raise(db_,
                         "INSERT INTO meta (name, value) VALUES ('epoch', ?1) ON CONFLICT (name) "
                         "DO UPDATE SET value = max(CAST(value AS INTEGER) + 1, ?1) RETURNING "
                         "CAST(value AS INTEGER)");
    const auto now = wall_now();
    raise.bind((now - first_epoch).count());
    raise.step();
    epoch_ = raise.int64(0);
    raise.reset();
    transaction.commit();
  }

  Guard guard_;
  std::unique_ptr<OwnerLock> lock_;  // before all else: released after the files are closed
  UnderDecision under_decision_;
  sql::Database db_;
  std::unique_ptr<Machines> machines_ = machines_in(db_, guard_);
  std::unique_ptr<Pipelines> pipelines_ = pipelines_in(db_, guard_);
  std::unique_ptr<Limits> limits_ = limits_in(db_, guard_);
  std::unique_ptr<Projects> projects_ = projects_in(db_, guard_);
  std::unique_ptr<TurnKit> kit_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::string store_id_;
  std::int64_t epoch_ = 0;
};

// A file shrinks only when it was made to, before its first table.
void make_shrinkable(const std::filesystem::path& path) {
  if (std::filesystem::file_size(path) > 0) return;
  sql::Database(path, sql::Access::read_write)
      .exec("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL");
}

std::unique_ptr<Store> open_to_write(const std::filesystem::path& path,
                                     std::unique_ptr<OwnerLock> lock) {
  return Guard(path.string())([&] {
    if (lock) make_shrinkable(path);
    return std::make_unique<SqliteStore>(std::move(lock), sql::Database(path), path.string());
  });
}

std::unique_ptr<Store> open_to_read(const std::filesystem::path& path) {
  const auto open = [&](sql::Access access, std::optional<RestingFile> resting) {
    return std::make_unique<SqliteStore>(nullptr, sql::Database(path, access), path.string(),
                                         std::move(resting));
  };
  return Guard(path.string())([&] {
    RestingFile resting(path);
    try {
      return open(sql::Access::read_only, {});
    } catch (const sql::Error& error) {
      const bool cannot_write =
          error.primary() == SQLITE_CANTOPEN || error.primary() == SQLITE_READONLY;
      if (!cannot_write || !RestingFile::rests(path)) throw;
    }
    return open(sql::Access::unchanging, std::move(resting));
  });
}

// SQLite gives the files beside a database its mode; those of earlier versions are still open. Who
// may read the store is told by its group, and may see who owns it.
void make_private(const std::filesystem::path& store) {
  make_private_file(store);
  for (const char* suffix : {"", "-wal", "-shm"})
    tighten(std::filesystem::path(store).concat(suffix), ReadableBy::group);
  copy_group(store, std::filesystem::path(store).concat(".lock"));
}

}  // namespace

std::unique_ptr<Store> open_sqlite_as_owner(const std::filesystem::path& path,
                                            const std::string& command) {
  try {
    make_private_folders(path.parent_path());
    auto lock = std::make_unique<OwnerLock>(path, command);
    make_private(path);
    return open_to_write(path, std::move(lock));
  } catch (const std::system_error& error) {
    throw Error("ORCH-0002", error.what(),
                "choose a folder you can write to with --store or ORCH_STORE");
  }
}

std::unique_ptr<Store> open_sqlite_as_reader(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    throw Error("ORCH-0208", fmt::format("there is no run store {}", path.string()),
                "`orch submit` makes one; --store or ORCH_STORE names another");
  return open_to_read(path);
}

std::unique_ptr<Store> open_sqlite_beside_owner(const std::filesystem::path& path) {
  return open_to_write(path, nullptr);
}

}  // namespace orch::store
