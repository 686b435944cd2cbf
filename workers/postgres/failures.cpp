#include "workers/postgres/failures.h"

#include <array>

#include <fmt/format.h>

namespace orch::postgres {
namespace {

struct Row {
  std::string_view state;  ///< SQLSTATE, or its class of two characters
  const char* error;       ///< "*" stands for the side
  const char* code;
  const char* hint;
};

// The first row that fits counts.
constexpr std::array rows = {
    Row{"08001", "Connection.Down", "ORCH-0401", "check host, port and that the server runs"},
    Row{"08", "Connection.Lost", "ORCH-0402", "the work was rolled back; a retry repeats it"},
    Row{"57P01", "Connection.Lost", "ORCH-0402", "the server was stopped or ended the session"},
    Row{"57P02", "Connection.Lost", "ORCH-0402", "the server crashed; it is recovering"},
    Row{"57P03", "Connection.Down", "ORCH-0401", "the server is starting or stopping"},
    Row{"53300", "Connection.Down", "ORCH-0401", "the server has no free connection"},
    Row{"28", "Connection.Refused", "ORCH-0403",
        "check user and password (the connection's \"password\"), and pg_hba.conf"},
    Row{"3D000", "Connection.Refused", "ORCH-0403", "check the database's name"},
    Row{"55P03", "*.Locked", "ORCH-0404", "another session holds the table; end its transaction"},
    Row{"40P01", "*.Locked", "ORCH-0404", "two transactions waited for each other; a retry helps"},
    Row{"40001", "*.Locked", "ORCH-0404", "concurrent transactions conflicted; a retry helps"},
    Row{"53100", "*.Full", "ORCH-0405", "free space on the server's disk"},
    Row{"42501", "*.Denied", "ORCH-0406",
        "grant the connection's user what is missing; BYPASSRLS where a policy would hide rows"},
    Row{"25006", "*.Denied", "ORCH-0406", "the server is a standby or read-only"},
    Row{"23503", "Merge.ForeignKey", "ORCH-0504",
        "publish the referred table first; a retry succeeds when it has arrived"},
    Row{"23", "Merge.Conflict", "ORCH-0505", "the rows break a rule of the target table"},
    Row{"22", "Type.ValueRefused", "ORCH-0407", "the target's type cannot hold a value exactly"},
    Row{"42", "*.QueryFailed", "ORCH-0408", "run the statement in psql to see what is wrong"},
};

const Row* row_of(const std::string& state) {
  for (const auto& row : rows) {
    if (std::string_view(state).starts_with(row.state)) return &row;
  }
  return nullptr;
}

}  // namespace

workers::TaskFailed failure(const Place& place, const pg::Error& error) {
  const auto* row = row_of(error.sqlstate());
  std::string name = row ? row->error : "*.Failed";
  if (name.front() == '*') name = place.side + name.substr(1);
  auto message = fmt::format("{} at {}: {}", place.doing, place.display, error.what());
  if (!error.detail().empty()) message += fmt::format(" ({})", error.detail());
  return {name,
          message,
          row ? row->hint : "",
          row ? row->code : "ORCH-0409",
          {{"sqlstate", error.sqlstate()}}};
}

}  // namespace orch::postgres
