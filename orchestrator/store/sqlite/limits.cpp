#include "orchestrator/store/sqlite/limits.h"

#include <fmt/format.h>

#include "orchestrator/store/checksum.h"
#include "orchestrator/store/sqlite/rows.h"

namespace orch::store {
namespace {

namespace sql = orch::sqlite;

std::optional<std::int64_t> millis_if(const std::optional<Instant>& instant) {
  if (!instant) return std::nullopt;
  return millis(*instant);
}

std::optional<Instant> instant_if(const sql::Statement& row, int column) {
  if (row.null(column)) return std::nullopt;
  return Instant{Millis{row.int64(column)}};
}

std::int64_t checksum_of_hold(const HoldRow& hold) {
  return checksum_of(hold.subject, to_string(hold.mode), millis(hold.since), millis_if(hold.until),
                     hold.reason, hold.by);
}

class SqliteLimits final : public Limits {
 public:
  SqliteLimits(sql::Database& db, const Guard& guard) : guard_(guard), db_(db) {}

  std::vector<HoldRow> holds() override {
    return guard_([&] {
      sql::Statement query(
          db_,
          "SELECT subject, mode, since_ms, until_ms, reason, by, checksum FROM hold "
          "ORDER BY subject");
      std::vector<HoldRow> found;
      while (query.step()) {
        const std::string mode(query.text(1));
        found.push_back({std::string(query.text(0)), HoldMode::drain,
                         Instant{Millis{query.int64(2)}}, instant_if(query, 3),
                         std::string(query.text(4)), std::string(query.text(5))});
        for (const auto each : {HoldMode::pause, HoldMode::finish})
          if (mode == to_string(each)) found.back().mode = each;
        if (mode != to_string(found.back().mode) ||
            checksum_of_hold(found.back()) != query.int64(6))
          refuse_damaged(fmt::format("the run store {} is damaged: row {} of table hold",
                                     guard_.path(), found.back().subject));
      }
      return found;
    });
  }

  void put_hold(const HoldRow& hold) override {
    guard_([&] {
      sql::Statement(db_,
                     "INSERT OR REPLACE INTO hold (subject, mode, since_ms, until_ms, reason, by, "
                     "checksum) VALUES (?, ?, ?, ?, ?, ?, ?)")
          .bind(hold.subject, to_string(hold.mode), millis(hold.since), millis_if(hold.until),
                hold.reason, hold.by, checksum_of_hold(hold))
          .run();
    });
  }

  bool remove_hold(const std::string& subject) override {
    return guard_([&] {
      sql::Statement(db_, "DELETE FROM hold WHERE subject = ?").bind(subject).run();
      return db_.changes() > 0;
    });
  }

  std::vector<SlotRow> slots() override {
    return guard_([&] {
      sql::Statement query(db_,
                           "SELECT execution_id, ticket, slot, label, at_once, held, since_ms "
                           "FROM slot ORDER BY execution_id, ticket, slot");
      std::vector<SlotRow> found;
      while (query.step()) {
        found.push_back({ExecutionId{query.int64(0)}, query.int64(1), std::string(query.text(2)),
                         std::string(query.text(3)), std::nullopt, query.int64(5) != 0,
                         Instant{Millis{query.int64(6)}}});
        if (!query.null(4)) found.back().at_once = query.int64(4);
      }
      return found;
    });
  }

  void set_slots(ExecutionId execution, execution::EventId ticket,
                 std::span<const SlotRow> rows) override {
    guard_([&] {
      sql::Statement(db_, "DELETE FROM slot WHERE execution_id = ? AND ticket = ?")
          .bind(number(execution), ticket)
          .run();
      for (const auto& row : rows)
        sql::Statement(db_,
                       "INSERT OR REPLACE INTO slot (execution_id, ticket, slot, label, at_once, "
                       "held, since_ms) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind(number(execution), ticket, row.slot, row.label, row.at_once, row.held ? 1 : 0,
                  millis(row.since))
            .run();
    });
  }

  void clear_slots() override {
    guard_([&] { sql::Statement(db_, "DELETE FROM slot").run(); });
  }

  std::vector<OutageRow> outages(const std::string& connection, std::int64_t limit) override {
    return guard_([&] {
      sql::Statement query(db_,
                           "SELECT connection, since_ms, until_ms, reason FROM outage "
                           "WHERE ?1 = '' OR connection = ?1 ORDER BY since_ms DESC, connection "
                           "LIMIT ?2");
      query.bind(connection, limit);
      std::vector<OutageRow> found;
      while (query.step())
        found.push_back({std::string(query.text(0)), Instant{Millis{query.int64(1)}},
                         instant_if(query, 2), std::string(query.text(3))});
      return found;
    });
  }

  void put_outage(const OutageRow& outage) override {
    guard_([&] {
      sql::Statement(db_,
                     "INSERT OR REPLACE INTO outage (connection, since_ms, until_ms, reason) "
                     "VALUES (?, ?, ?, ?)")
          .bind(outage.connection, millis(outage.since), millis_if(outage.until), outage.reason)
          .run();
    });
  }

 private:
  const Guard& guard_;
  sql::Database& db_;
};

}  // namespace

std::unique_ptr<Limits> limits_in(sql::Database& db, const Guard& guard) {
  return std::make_unique<SqliteLimits>(db, guard);
}

}  // namespace orch::store
