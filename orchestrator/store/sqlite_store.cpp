#include "orchestrator/store/sqlite_store.h"

#include <random>
#include <xxhash.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/db/migrate.h"
#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/owner_lock.h"

namespace orch::store {

std::span<const EmbeddedFile> sqlite_migrations();  // generated

namespace {

namespace sql = orch::sqlite;
using machine::Event;

std::int64_t millis(Instant instant) { return instant.time_since_epoch().count(); }
Instant instant(std::int64_t ms) { return Instant{Millis{ms}}; }
std::int64_t number(ExecutionId id) { return static_cast<std::int64_t>(id); }

[[noreturn]] void translate(const sql::Error& error) {
  switch (error.code() & 0xff) {
    case SQLITE_FULL:
      throw Error("ORCH-0209", fmt::format("the disk of the run store is full: {}", error.what()),
                  "free some space; what was committed is kept, and the runs continue");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      throw Error("ORCH-0002", fmt::format("the run store cannot be written: {}", error.what()),
                  "check the permissions of the file and its folder");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      throw Error("ORCH-0206", fmt::format("the run store is damaged: {}", error.what()),
                  "restore it from a backup");
    case SQLITE_BUSY:
      throw Error("ORCH-0210", fmt::format("the run store is locked: {}", error.what()),
                  "another program holds a transaction on the file; end it");
    default:
      throw Error("ORCH-0211", fmt::format("the run store failed: {}", error.what()));
  }
}

/// Runs `work` and turns SQLite's errors into ours.
template <class Work>
auto guarded(const Work& work) {
  try {
    return work();
  } catch (const sql::Error& error) {
    translate(error);
  }
}

std::string hash_of(const std::string& text) {
  const auto hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

constexpr const char* row_columns =
    "id, run_id, name, workflow, definition_hash, input, connections, status, started_ms, "
    "ended_ms, output, error, cause, redrive_count";

std::optional<std::string> optional_text(const sql::Statement& row, int column) {
  if (row.null(column)) return std::nullopt;
  return std::string(row.text(column));
}

ExecutionRow read_row(const sql::Statement& row) {
  ExecutionRow made;
  made.id = ExecutionId{row.int64(0)};
  made.made.run_id = row.text(1);
  made.made.name = row.text(2);
  made.made.workflow = row.text(3);
  made.made.definition_hash = row.text(4);
  made.made.input = row.text(5);
  made.made.connections = row.text(6);
  made.status = machine::status_from(row.text(7)).value_or(machine::Status::failed);
  made.made.started_at = instant(row.int64(8));
  if (!row.null(9)) made.ended_at = instant(row.int64(9));
  made.output = optional_text(row, 10);
  made.error = optional_text(row, 11);
  made.cause = optional_text(row, 12);
  made.redrive_count = row.int64(13);
  return made;
}

/// The statements of the hot path, prepared once.
struct Statements {
  explicit Statements(sql::Database& db)
      : begin(db, "BEGIN IMMEDIATE"),
        commit(db, "COMMIT"),
        append(db,
               "INSERT INTO history (execution_id, first_id, last_id, events) VALUES (?, ?, ?, ?)"),
        add(db,
            "INSERT INTO execution (run_id, name, workflow, definition_hash, input, connections, "
            "status, started_ms) VALUES (?, ?, ?, ?, ?, ?, 'RUNNING', ?) RETURNING id"),
        outcome(db,
                "UPDATE execution SET status = ?, ended_ms = ?, output = ?, error = ?, cause = ?, "
                "redrive_count = ? WHERE id = ?"),
        keep(db, "INSERT OR IGNORE INTO definition (hash, text) VALUES (?, ?)") {}

  sql::Statement begin, commit, append, add, outcome, keep;
};

class SqliteTurn final : public Turn {
 public:
  SqliteTurn(sql::Database& db, Statements& statements) : db_(db), on_(statements) {
    guarded([&] { on_.begin.bind().run(); });
  }
  ~SqliteTurn() override {
    if (open_) sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  SqliteTurn(const SqliteTurn&) = delete;
  SqliteTurn& operator=(const SqliteTurn&) = delete;

  std::string keep_definition(const std::string& text) override {
    const auto hash = hash_of(text);
    guarded([&] { on_.keep.bind(hash, text).run(); });
    return hash;
  }

  ExecutionId add(const NewExecution& made) override {
    return guarded([&] {
      on_.add.bind(made.run_id, made.name, made.workflow, made.definition_hash, made.input,
                   made.connections, millis(made.started_at));
      on_.add.step();
      const ExecutionId id{on_.add.int64(0)};
      on_.add.bind();  // ends the statement, or COMMIT would wait for it
      return id;
    });
  }

  void append(ExecutionId id, std::span<const Event> events) override {
    text_ = "[";
    for (const auto& event : events) {
      if (text_.size() > 1) text_ += ',';
      machine::append_json(text_, event);
    }
    text_ += ']';
    guarded([&] { on_.append.bind(number(id), events.front().id, events.back().id, text_).run(); });
  }

  void set_outcome(const ExecutionRow& row) override {
    std::optional<std::int64_t> ended;
    if (row.ended_at) ended = millis(*row.ended_at);
    guarded([&] {
      on_.outcome
          .bind(to_string(row.status), ended, row.output, row.error, row.cause, row.redrive_count,
                number(row.id))
          .run();
      if (row.ended_at)
        sql::Statement(db_, "DELETE FROM progress WHERE execution_id = ?")
            .bind(number(row.id))
            .run();
    });
  }

  void set_definition(ExecutionId id, const std::string& hash) override {
    guarded([&] {
      sql::Statement(db_, "UPDATE execution SET definition_hash = ? WHERE id = ?")
          .bind(hash, number(id))
          .run();
    });
  }

  void set_progress(ExecutionId id, std::span<const ProgressRow> rows) override {
    guarded([&] {
      sql::Statement(db_, "DELETE FROM progress WHERE execution_id = ?").bind(number(id)).run();
      sql::Statement insert(db_,
                            "INSERT INTO progress (execution_id, ticket, key, phase, row_count, "
                            "byte_count, expected, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
      for (const auto& row : rows)
        insert
            .bind(number(id), static_cast<std::int64_t>(row.ticket), row.key, row.phase, row.rows,
                  row.bytes, row.expected_rows, millis(row.at))
            .run();
    });
  }

  void commit() override {
    guarded([&] { on_.commit.bind().run(); });
    open_ = false;
  }

 private:
  sql::Database& db_;
  Statements& on_;
  std::string text_;
  bool open_ = true;
};

std::string new_store_id() {
  std::random_device random;
  const auto word = [&] { return (static_cast<std::uint64_t>(random()) << 32) | random(); };
  return fmt::format("{:016x}{:016x}", word(), word());
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<OwnerLock> lock, sql::Database db)
      : lock_(std::move(lock)), db_(std::move(db)) {
    if (lock_) {
      sql::migrate(db_, sqlite_migrations(), "orch_migration", "the run store");
      // Checkpoints belong between bursts, not into the commits of one: see checkpoint() below.
      db_.exec("PRAGMA wal_autocheckpoint = 8000");
      raise_epoch();
      statements_ = std::make_unique<Statements>(db_);
    }
    sql::Statement meta(db_, "SELECT value FROM meta WHERE name = 'store_id'");
    if (meta.step()) store_id_ = meta.text(0);
  }

  std::unique_ptr<Turn> begin() override {
    if (!statements_) throw std::logic_error("a reader's store has no turns");
    return std::make_unique<SqliteTurn>(db_, *statements_);
  }

  ExecutionRow find(const std::string& run) override {
    return guarded([&] {
      sql::Statement exact(db_, fmt::format("SELECT {} FROM execution WHERE run_id = ?1 OR name = "
                                            "?1 ORDER BY run_id = ?1 DESC",
                                            row_columns));
      if (exact.bind(run).step()) return read_row(exact);
      return find_prefix(run);
    });
  }

  std::optional<ExecutionRow> find_name(const std::string& name) override {
    return guarded([&]() -> std::optional<ExecutionRow> {
      sql::Statement query(db_,
                           fmt::format("SELECT {} FROM execution WHERE name = ?", row_columns));
      if (!query.bind(name).step()) return std::nullopt;
      return read_row(query);
    });
  }

  std::vector<ExecutionRow> list(const ListFilter& filter) override {
    return guarded([&] {
      sql::Statement query(db_, fmt::format("SELECT {} FROM execution WHERE ?1 IS NULL OR status = "
                                            "?1 ORDER BY started_ms DESC, id DESC LIMIT ?2",
                                            row_columns));
      std::optional<std::string> status;
      if (filter.status) status = to_string(*filter.status);
      query.bind(status, filter.limit);
      std::vector<ExecutionRow> rows;
      while (query.step()) rows.push_back(read_row(query));
      return rows;
    });
  }

  std::string definition(const std::string& hash) override {
    return guarded([&] {
      sql::Statement query(db_, "SELECT text FROM definition WHERE hash = ?");
      if (!query.bind(hash).step())
        throw Error("ORCH-0206", "the run store is damaged: no definition with hash " + hash,
                    "restore the store from a backup");
      return std::string(query.text(0));
    });
  }

  void history(ExecutionId id, machine::EventId after,
               const std::function<void(Event)>& take) override {
    guarded([&] {
      sql::Statement query(db_,
                           "SELECT events FROM history WHERE execution_id = ? AND last_id > ? "
                           "ORDER BY first_id");
      query.bind(number(id), after);
      while (query.step()) {
        const auto batch = json::parse(query.text(0));
        for (const auto& item : batch.as_array()) {
          auto event = machine::event_from_json(item);
          if (event.id > after) take(std::move(event));
        }
      }
    });
  }

  std::vector<ProgressRow> progress(ExecutionId id) override {
    return guarded([&] {
      sql::Statement query(db_,
                           "SELECT ticket, key, phase, row_count, byte_count, expected, at_ms FROM "
                           "progress WHERE execution_id = ? ORDER BY ticket");
      query.bind(number(id));
      std::vector<ProgressRow> rows;
      while (query.step()) {
        ProgressRow row;
        row.ticket = machine::Ticket{query.int64(0)};
        row.key = query.text(1);
        row.phase = query.text(2);
        row.rows = query.int64(3);
        row.bytes = query.int64(4);
        if (!query.null(5)) row.expected_rows = query.int64(5);
        row.at = instant(query.int64(6));
        rows.push_back(std::move(row));
      }
      return rows;
    });
  }

  const std::string& store_id() const override { return store_id_; }
  std::int64_t epoch() const override { return epoch_; }

 private:
  ExecutionRow find_prefix(const std::string& prefix) {
    sql::Statement query(db_, fmt::format("SELECT {} FROM execution WHERE substr(run_id, 1, "
                                          "length(?1)) = ?1 ORDER BY id DESC LIMIT 3",
                                          row_columns));
    query.bind(prefix);
    std::vector<ExecutionRow> found;
    while (query.step()) found.push_back(read_row(query));
    if (found.size() == 1) return found.front();
    if (found.empty())
      throw Error("ORCH-0203", fmt::format("no run \"{}\"", prefix),
                  "`orch status` lists the runs; a unique beginning of the id is enough");
    throw Error("ORCH-0203",
                fmt::format("several runs begin with \"{}\": {}, {}, …", prefix,
                            found[0].made.run_id, found[1].made.run_id),
                "give more of the id");
  }

  void raise_epoch() {
    sql::Transaction transaction(db_);
    sql::Statement(db_, "INSERT OR IGNORE INTO meta (name, value) VALUES ('store_id', ?)")
        .bind(new_store_id())
        .run();
    sql::Statement raise(db_,
                         "INSERT INTO meta (name, value) VALUES ('epoch', '1') ON CONFLICT (name) "
                         "DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value");
    raise.step();
    epoch_ = std::stoll(std::string(raise.text(0)));
    raise.bind();
    transaction.commit();
  }

  std::unique_ptr<OwnerLock> lock_;
  sql::Database db_;
  std::unique_ptr<Statements> statements_;
  std::string store_id_;
  std::int64_t epoch_ = 0;
};

}  // namespace

std::unique_ptr<Store> open_as_owner(const std::filesystem::path& path,
                                     const std::string& command) {
  if (path.has_parent_path()) {
    std::error_code failed;
    std::filesystem::create_directories(path.parent_path(), failed);
    if (failed)
      throw Error("ORCH-0002",
                  fmt::format("{}: {}", path.parent_path().string(), failed.message()));
  }
  auto lock = std::make_unique<OwnerLock>(path, command);
  return guarded(
      [&] { return std::make_unique<SqliteStore>(std::move(lock), sql::Database(path)); });
}

std::unique_ptr<Store> open_as_reader(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    throw Error("ORCH-0208", fmt::format("there is no run store {}", path.string()),
                "`orch submit` makes one; --store or ORCH_STORE names another");
  return guarded([&] {
    return std::make_unique<SqliteStore>(nullptr, sql::Database(path, sql::Access::read_only));
  });
}

}  // namespace orch::store
