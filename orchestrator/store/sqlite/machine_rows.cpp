#include "orchestrator/store/sqlite/machine_rows.h"

#include <string_view>

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "orchestrator/store/checksum.h"
#include "orchestrator/store/sqlite/rows.h"

namespace orch::store {
namespace {

namespace bj = boost::json;

// Rows of older versions have no checksum.
void require(const sqlite::Statement& row, int column, std::int64_t sum, const std::string& what) {
  if (!row.null(column) && row.int64(column) != sum)
    throw DamagedRow(what + " does not have its checksum");
}

}  // namespace

std::int64_t checksum_of(const MachineRow& machine, std::int64_t revision) {
  return checksum_of(machine.name, std::int64_t{machine.express}, millis(machine.created_at),
                     revision);
}

std::int64_t checksum_of(std::int64_t machine, const Revision& revision) {
  return checksum_of(machine, revision.uuid, revision.definition_hash, revision.role,
                     revision.configuration, millis(revision.created_at));
}

std::int64_t checksum_of(std::int64_t machine, const VersionRow& version) {
  return checksum_of(machine, version.number, version.revision.id, version.description,
                     millis(version.created_at));
}

std::int64_t checksum_of(std::int64_t machine, const AliasRow& alias) {
  return checksum_of(machine, alias.name, alias.description, routing_text(alias.routing),
                     millis(alias.created_at), millis(alias.updated_at));
}

std::int64_t checksum_of(const ActivityRow& activity) {
  return checksum_of(activity.name, activity.configuration, millis(activity.created_at));
}

Revision read_revision(const sqlite::Statement& row, int column) {
  Revision made;
  made.id = row.int64(column);
  made.uuid = row.text(column + 1);
  made.definition_hash = row.text(column + 2);
  made.role = row.text(column + 3);
  made.configuration = row.text(column + 4);
  made.created_at = instant(row.int64(column + 5));
  require(row, column + 7, checksum_of(row.int64(column + 6), made),
          fmt::format("row {} of table revision", made.id));
  return made;
}

MachineRow read_machine(const sqlite::Statement& row) {
  MachineRow made{row.int64(0), std::string(row.text(1)), row.text(2) == "EXPRESS",
                  instant(row.int64(3)), read_revision(row, 5)};
  require(row, 4, checksum_of(made, made.revision.id),
          fmt::format("row {} of table state_machine (\"{}\")", made.id, made.name));
  return made;
}

VersionRow read_version(const sqlite::Statement& row) {
  VersionRow made{row.int64(0), std::string(row.text(1)), instant(row.int64(2)),
                  read_revision(row, 5)};
  const auto machine = row.int64(4);
  require(row, 3, checksum_of(machine, made),
          fmt::format("version {} of state machine {} in table version", made.number, machine));
  return made;
}

AliasRow read_alias(const sqlite::Statement& row) {
  const auto what =
      fmt::format("\"{}\" of state machine {} in table alias", row.text(0), row.int64(5));
  AliasRow made{std::string(row.text(0)),
                std::string(row.text(1)),
                {},
                instant(row.int64(3)),
                instant(row.int64(4))};
  try {
    const auto routing = json::parse(row.text(2));
    for (const auto& route : routing.as_array())
      made.routing.emplace_back(route.at(0).to_number<std::int64_t>(),
                                route.at(1).to_number<std::int64_t>());
  } catch (const std::exception& error) {
    throw DamagedRow(fmt::format("{} cannot be read: {}", what, error.what()));
  }
  require(row, 6, checksum_of(row.int64(5), made), what);
  return made;
}

ActivityRow read_activity(const sqlite::Statement& row) {
  ActivityRow made{std::string(row.text(0)), std::string(row.text(1)), instant(row.int64(2))};
  require(row, 3, checksum_of(made), fmt::format("\"{}\" in table activity", made.name));
  return made;
}

std::pair<std::string, std::string> read_tag(const sqlite::Statement& row) {
  require(row, 3, checksum_of(row.text(2), row.text(0), row.text(1)),
          fmt::format("tag \"{}\" of {} in table tag", row.text(0), row.text(2)));
  return {std::string(row.text(0)), std::string(row.text(1))};
}

std::string routing_text(const std::vector<Route>& routing) {
  bj::array list;
  for (const auto& [version, weight] : routing) list.push_back(bj::array{version, weight});
  return json::write(list);
}

}  // namespace orch::store
