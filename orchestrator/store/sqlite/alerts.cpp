#include "orchestrator/store/sqlite/alerts.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/fault.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/sqlite/rows.h"
#include "orchestrator/store/sqlite/tables.h"

namespace orch::store {
namespace {

constexpr std::array kinds = {"message", "resume", "start"};
constexpr std::array outcomes = {"pending", "done", "given_up"};

template <class Enum, std::size_t count>
Enum enum_from(const std::array<const char*, count>& names, std::string_view text) {
  for (std::size_t i = 0; i < count; ++i)
    if (text == names[i]) return static_cast<Enum>(i);
  throw DamagedRow(fmt::format("\"{}\" is no word of a delivery", text));
}

Instant instant(std::int64_t ms) { return Instant{Millis{ms}}; }

void require(std::int64_t found, std::int64_t sum, const std::string& what) {
  if (found != sum) throw DamagedRow(what + " does not have its checksum");
}

std::int64_t sum_of(const DeliveryRow& row) {
  return checksum_of(std::string(to_string(row.kind)), row.target, row.body, millis(row.made_at),
                     millis(row.due_at), row.attempts, row.error,
                     std::string(to_string(row.outcome)));
}

std::int64_t sum_of(const SilenceRow& row) {
  return checksum_of(row.subject, row.rule, millis(row.until), millis(row.made_at), row.made_by,
                     row.reason);
}

constexpr const char* delivery_columns =
    "id, kind, target, body, made_ms, due_ms, attempts, error, outcome, checksum";

DeliveryRow read_delivery(const sqlite::Statement& row) {
  DeliveryRow read;
  read.id = row.int64(0);
  read.kind = enum_from<DeliveryKind>(kinds, row.text(1));
  read.target = row.text(2);
  read.body = row.text(3);
  read.made_at = instant(row.int64(4));
  read.due_at = instant(row.int64(5));
  read.attempts = row.int64(6);
  read.error = row.text(7);
  read.outcome = enum_from<DeliveryOutcome>(outcomes, row.text(8));
  require(row.int64(9), sum_of(read), fmt::format("row {} of table alert_delivery", read.id));
  return read;
}

SilenceRow read_silence(const sqlite::Statement& row) {
  SilenceRow read;
  read.id = row.int64(0);
  read.subject = row.text(1);
  read.rule = row.text(2);
  read.until = instant(row.int64(3));
  read.made_at = instant(row.int64(4));
  read.made_by = row.text(5);
  read.reason = row.text(6);
  require(row.int64(7), sum_of(read), fmt::format("row {} of table alert_silence", read.id));
  return read;
}

std::pair<std::string, std::string> read_state(const sqlite::Statement& row) {
  std::pair<std::string, std::string> read{row.text(0), row.text(1)};
  require(row.int64(2), checksum_of(read.first, read.second),
          fmt::format("row {} of table alert_state", read.first));
  return read;
}

/// What Tables works with.
struct OpenFile {
  Guard file_guard;
  sqlite::Database file;
};

class SqliteAlerts final : public Alerts, private OpenFile, private Tables {
 public:
  explicit SqliteAlerts(OpenFile open)
      : OpenFile(std::move(open)), Tables(OpenFile::file, OpenFile::file_guard) {}

  void transact(const std::function<void()>& work) override {
    guard()([&] {
      sqlite::Transaction transaction(db());
      work();
      fault::point("alerts.before_commit");
      transaction.commit();
    });
    fault::point("alerts.after_commit");
  }

  std::vector<ExecutionRow> ended_since(Instant from, std::int64_t limit) override {
    return all([&](const sqlite::Statement& row) { return read_row(row, guard().path()); },
               fmt::format("SELECT {} FROM execution WHERE ended_ms >= ? AND parent IS NULL "
                           "ORDER BY ended_ms, id LIMIT ?",
                           row_columns),
               millis(from), limit);
  }

  std::map<std::string, std::string> states() override {
    const auto rows = all(read_state, "SELECT name, state, checksum FROM alert_state");
    return {rows.begin(), rows.end()};
  }

  void put_state(const std::string& name, const std::string& text) override {
    run("INSERT OR REPLACE INTO alert_state (name, state, checksum) VALUES (?, ?, ?)", name, text,
        checksum_of(name, text));
  }

  void remove_state(const std::string& name) override {
    run("DELETE FROM alert_state WHERE name = ?", name);
  }

  std::int64_t add_delivery(const DeliveryRow& delivery) override {
    return returned(
        "INSERT INTO alert_delivery (kind, target, body, made_ms, due_ms, attempts, error, "
        "outcome, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        to_string(delivery.kind), delivery.target, delivery.body, millis(delivery.made_at),
        millis(delivery.due_at), delivery.attempts, delivery.error, to_string(delivery.outcome),
        sum_of(delivery));
  }

  void put_delivery(const DeliveryRow& delivery) override {
    run("UPDATE alert_delivery SET due_ms = ?, attempts = ?, error = ?, outcome = ?, checksum = ? "
        "WHERE id = ?",
        millis(delivery.due_at), delivery.attempts, delivery.error, to_string(delivery.outcome),
        sum_of(delivery), delivery.id);
  }

  std::vector<DeliveryRow> pending_deliveries(std::int64_t limit) override {
    return all(read_delivery,
               fmt::format("SELECT {} FROM alert_delivery WHERE outcome = 'pending' "
                           "ORDER BY due_ms, id LIMIT ?",
                           delivery_columns),
               limit);
  }

  std::vector<DeliveryRow> deliveries(std::int64_t limit) override {
    return all(
        read_delivery,
        fmt::format("SELECT {} FROM alert_delivery ORDER BY id DESC LIMIT ?", delivery_columns),
        limit);
  }

  void forget_deliveries(Instant before) override {
    run("DELETE FROM alert_delivery WHERE outcome <> 'pending' AND made_ms < ?", millis(before));
  }

  std::int64_t add_silence(const SilenceRow& silence) override {
    return returned(
        "INSERT INTO alert_silence (subject, rule, until_ms, made_ms, made_by, reason, checksum) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        silence.subject, silence.rule, millis(silence.until), millis(silence.made_at),
        silence.made_by, silence.reason, sum_of(silence));
  }

  std::vector<SilenceRow> silences() override {
    return all(read_silence,
               "SELECT id, subject, rule, until_ms, made_ms, made_by, reason, checksum FROM "
               "alert_silence ORDER BY id");
  }

  bool remove_silence(std::int64_t id) override {
    run("DELETE FROM alert_silence WHERE id = ?", id);
    return db().changes() > 0;
  }
};

}  // namespace

std::string_view to_string(DeliveryKind kind) { return kinds[static_cast<std::size_t>(kind)]; }

std::string_view to_string(DeliveryOutcome outcome) {
  return outcomes[static_cast<std::size_t>(outcome)];
}

std::unique_ptr<Alerts> open_sqlite_alerts_beside_owner(const std::filesystem::path& path) {
  const Guard guard(path.string());
  return guard([&] {
    return std::make_unique<SqliteAlerts>(OpenFile{guard, sqlite::Database(path)});
  });
}

std::unique_ptr<Alerts> open_sqlite_alerts_as_reader(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    throw Error("ORCH-0208", fmt::format("there is no run store {}", path.string()),
                "`orch serve` makes one; --store or ORCH_STORE names another");
  const Guard guard(path.string());
  return guard([&] {
    return std::make_unique<SqliteAlerts>(
        OpenFile{guard, sqlite::Database(path, sqlite::Access::read_only)});
  });
}

}  // namespace orch::store
