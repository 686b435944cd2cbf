// One transaction of the owner on a SQLite store.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/sqlite/guard.h"
#include "orchestrator/store/store.h"

namespace orch::store {

/// What turns use again and again: statements prepared once, and the buffer of their texts.
struct TurnKit {
  explicit TurnKit(sqlite::Database& the_db);

  sqlite::Database& db;
  sqlite::Statement begin, commit, rollback;
  sqlite::Statement keep_definition, add, add_pipeline_run, append, append_packed, set_end,
      set_ends, outcome, set_definition, set_paused;
  sqlite::Statement set_claims_checksum, drop_claims, add_claim, set_waits_for, set_resumed;
  sqlite::Statement drop_progress, add_progress;
  sqlite::Statement keep_map_run, set_map_run_items, set_map_run_limits;
  bool any_claims;    ///< there may be rows in `claim`, or runs that wait for another
  bool any_progress;  ///< there may be rows in `progress`; most tasks end before they report any
  std::int64_t next_row;  ///< of `history` and `packed_history`
  std::string text;
  std::vector<std::pair<ExecutionId, execution::EventId>> ends;  ///< to be written, of the turn
};

class SqliteTurn final : public Turn {
 public:
  /// Begins a transaction. `kit` and `guard` must outlive the turn; one turn at a time.
  SqliteTurn(TurnKit& kit, const Guard& guard);
  ~SqliteTurn() override;
  SqliteTurn(const SqliteTurn&) = delete;
  SqliteTurn& operator=(const SqliteTurn&) = delete;

  void keep_definition(const std::string& hash, const std::string& text) override;
  ExecutionId add(const NewExecution& made) override;
  void append(ExecutionId id, std::span<const execution::Event> events) override;
  void discard(ExecutionId id, execution::EventId from) override;
  void set_outcome(const ExecutionRow& row) override;
  void set_definition(ExecutionId id, const std::string& hash) override;
  void set_resumed(const ExecutionRow& row) override;
  void set_paused(ExecutionId id, std::optional<Instant> since) override;
  void set_aside(ExecutionId id, Instant since, const std::string& why) override;
  void set_suspects(std::span<const Suspect> suspects) override;
  void set_claims(ExecutionId id, std::span<const std::string> names) override;
  void set_waits_for(ExecutionId id, std::optional<ExecutionId> other) override;
  void set_progress(ExecutionId id, std::span<const ProgressRow> rows) override;
  void keep_map_run(const MapRunRow& row) override;
  void set_map_run_items(const std::string& name, std::int64_t items) override;
  void set_map_run_limits(const std::string& name, const MapRunLimits& limits) override;
  CommitResult try_commit() override;

 private:
  void write_ends();

  TurnKit& kit_;
  const Guard& guard_;
  bool open_ = true;
};

}  // namespace orch::store
