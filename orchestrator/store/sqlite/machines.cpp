#include "orchestrator/store/sqlite/machines.h"

#include <fmt/format.h>

#include "orchestrator/db/sqlite_db.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/sqlite/machine_rows.h"
#include "orchestrator/store/sqlite/rows.h"
#include "orchestrator/store/sqlite/tables.h"
#include "orchestrator/store/store.h"

namespace orch::store {
namespace {

namespace sql = orch::sqlite;

class SqliteMachines final : public Machines, private Tables {
 public:
  using Tables::Tables;

  void transact(const std::function<void()>& work) override {
    guard()([&] {
      sql::Transaction transaction(db());
      work();
      transaction.commit();
    });
  }

  std::optional<MachineRow> find(const std::string& name) override {
    if (auto made = one(read_machine, machine_query("AND name = ?"), name)) return made;
    return one(read_machine, submitted_query("AND workflow = ?"), name);
  }

  std::optional<Revision> revision(std::int64_t id) override {
    return one([](const sql::Statement& row) { return read_revision(row, 0); },
               fmt::format("SELECT {} FROM revision WHERE id = ?", revision_columns), id);
  }

  std::vector<MachineRow> list(const std::string& after, std::int64_t limit) override {
    const auto query = machine_query("AND name > ?1") + " UNION ALL " +
                       submitted_query("AND workflow > ?1 GROUP BY workflow") +
                       " ORDER BY 2 LIMIT ?2";
    return all(read_machine, query, after, limit);
  }

  std::int64_t add(const MachineRow& machine, const std::string& definition) override {
    return guard()([&] {
      sql::Statement insert(
          db(), "INSERT INTO state_machine (name, type, created_ms) VALUES (?, ?, ?) RETURNING id");
      insert.bind(machine.name, machine.express ? "EXPRESS" : "STANDARD",
                  millis(machine.created_at));
      insert.step();
      auto added = machine;
      added.id = insert.int64(0);
      insert.reset();
      set_revision(added, machine.revision, definition);
      return added.id;
    });
  }

  std::int64_t update(std::int64_t machine, const Revision& revision,
                      const std::string& definition) override {
    return guard()([&] {
      const auto known = one(read_machine, machine_query("AND state_machine.id = ?"), machine);
      if (!known)
        refuse_damaged(
            fmt::format("the run store {} has no state machine {}", guard().path(), machine));
      return set_revision(*known, revision, definition);
    });
  }

  void remove(const std::string& name) override {
    run("DELETE FROM tag WHERE resource = 'stateMachine:' || ?", name);
    for (const auto* table : {"alias", "version"})
      run(fmt::format(
              "DELETE FROM {} WHERE machine IN (SELECT id FROM state_machine WHERE name = ? "
              "AND deleted_ms IS NULL)",
              table),
          name);
    run("UPDATE state_machine SET deleted_ms = unixepoch() * 1000 WHERE name = ? AND deleted_ms IS "
        "NULL",
        name);
  }

  std::optional<VersionRow> version(std::int64_t machine, std::int64_t number) override {
    return one(read_version, version_query("AND number = ?"), machine, number);
  }

  std::vector<VersionRow> versions(std::int64_t machine, std::int64_t below,
                                   std::int64_t limit) override {
    return all(read_version, version_query("AND number < ? ORDER BY number DESC LIMIT ?"), machine,
               below, limit);
  }

  std::int64_t add_version(std::int64_t machine, const VersionRow& version) override {
    return guard()([&] {
      sql::Statement next(db(),
                          "UPDATE state_machine SET next_version = next_version + 1 WHERE id = ? "
                          "RETURNING next_version - 1");
      next.bind(machine).step();
      const auto number = next.int64(0);
      next.reset();
      auto added = version;
      added.number = number;
      run("INSERT INTO version (machine, number, revision, description, created_ms, checksum) "
          "VALUES (?, ?, ?, ?, ?, ?)",
          machine, number, version.revision.id, version.description, millis(version.created_at),
          checksum_of(machine, added));
      return number;
    });
  }

  void remove_version(std::int64_t machine, std::int64_t number) override {
    run("DELETE FROM version WHERE machine = ? AND number = ?", machine, number);
  }

  std::optional<AliasRow> alias(std::int64_t machine, const std::string& name) override {
    return one(read_alias, alias_query("AND name = ?"), machine, name);
  }

  std::vector<AliasRow> aliases(std::int64_t machine, const std::string& after,
                                std::int64_t limit) override {
    return all(read_alias, alias_query("AND name > ? ORDER BY name LIMIT ?"), machine, after,
               limit);
  }

  void put_alias(std::int64_t machine, const AliasRow& alias) override {
    run("INSERT OR REPLACE INTO alias (machine, name, description, routing, created_ms, "
        "updated_ms, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)",
        machine, alias.name, alias.description, routing_text(alias.routing),
        millis(alias.created_at), millis(alias.updated_at), checksum_of(machine, alias));
  }

  void remove_alias(std::int64_t machine, const std::string& name) override {
    run("DELETE FROM alias WHERE machine = ? AND name = ?", machine, name);
  }

  std::optional<ActivityRow> activity(const std::string& name) override {
    return one(read_activity, activity_query("WHERE name = ?"), name);
  }

  std::vector<ActivityRow> activities(const std::string& after, std::int64_t limit) override {
    return all(read_activity, activity_query("WHERE name > ? ORDER BY name LIMIT ?"), after, limit);
  }

  void add_activity(const ActivityRow& activity) override {
    run("INSERT INTO activity (name, configuration, created_ms, checksum) VALUES (?, ?, ?, ?)",
        activity.name, activity.configuration, millis(activity.created_at), checksum_of(activity));
  }

  void remove_activity(const std::string& name) override {
    run("DELETE FROM tag WHERE resource = 'activity:' || ?", name);
    run("DELETE FROM activity WHERE name = ?", name);
  }

  Tags tags(const std::string& resource) override {
    return every(read_tag,
                 "SELECT key, value, resource, checksum FROM tag WHERE resource = ? ORDER BY id",
                 resource);
  }

  void put_tag(const std::string& resource, const std::string& key,
               const std::string& value) override {
    run("INSERT INTO tag (resource, key, value, checksum) VALUES (?, ?, ?, ?) ON CONFLICT DO "
        "UPDATE "
        "SET value = excluded.value, checksum = excluded.checksum",
        resource, key, value, checksum_of(resource, key, value));
  }

  void remove_tag(const std::string& resource, const std::string& key) override {
    run("DELETE FROM tag WHERE resource = ? AND key = ?", resource, key);
  }

 private:
  std::int64_t set_revision(const MachineRow& machine, const Revision& revision,
                            const std::string& definition) {
    run(keep_definition_sql, revision.definition_hash, definition);
    sql::Statement insert(
        db(),
        "INSERT INTO revision (machine, uuid, definition_hash, role, configuration, created_ms, "
        "checksum) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id");
    insert.bind(machine.id, revision.uuid, revision.definition_hash, revision.role,
                revision.configuration, millis(revision.created_at),
                checksum_of(machine.id, revision));
    insert.step();
    const auto id = insert.int64(0);
    insert.reset();
    run("UPDATE state_machine SET revision = ?, checksum = ? WHERE id = ?", id,
        checksum_of(machine, id), machine.id);
    return id;
  }

  static std::string machine_query(const char* rest) {
    return fmt::format(
        "SELECT state_machine.id, name, type, state_machine.created_ms, state_machine.checksum, {} "
        "FROM state_machine JOIN revision ON revision.id = state_machine.revision "
        "WHERE deleted_ms IS NULL {}",
        revision_columns, rest);
  }

  // A workflow of runs that `orch submit` started, as a machine that is not created yet: its
  // definition is the newest run's, of those that `newest` selects.
  static std::string submitted_query(const char* newest) {
    return fmt::format(
        "SELECT 0, workflow, 'STANDARD', started_ms, NULL, 0, '', definition_hash, '', '{{}}', "
        "started_ms, 0, NULL FROM execution WHERE id IN (SELECT max(id) FROM execution WHERE "
        "revision IS NULL AND parent IS NULL {}) AND NOT EXISTS (SELECT 1 FROM state_machine "
        "WHERE name = workflow AND deleted_ms IS NULL)",
        newest);
  }

  static std::string version_query(const char* rest) {
    return fmt::format(
        "SELECT number, description, version.created_ms, version.checksum, version.machine, {} "
        "FROM version JOIN revision ON revision.id = version.revision WHERE version.machine = ? {}",
        revision_columns, rest);
  }

  static std::string alias_query(const char* rest) {
    return fmt::format(
        "SELECT name, description, routing, created_ms, updated_ms, machine, checksum FROM alias "
        "WHERE machine = ? {}",
        rest);
  }

  static std::string activity_query(const char* rest) {
    return fmt::format("SELECT name, configuration, created_ms, checksum FROM activity {}", rest);
  }
};

}  // namespace

std::unique_ptr<Machines> machines_in(sqlite::Database& db, const Guard& guard) {
  return std::make_unique<SqliteMachines>(db, guard);
}

}  // namespace orch::store
