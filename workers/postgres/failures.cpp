#include "workers/postgres/failures.h"

#include <array>

#include <fmt/format.h>

namespace orch::postgres {
namespace {

using data::ErrorClass;

struct Row {
  std::string_view state;  ///< SQLSTATE, or its class of two characters
  ErrorClass error_class;
  const char* hint;  ///< empty: that of the class
};

// The first row that fits counts.
constexpr std::array rows = {
    Row{"08001", ErrorClass::down, "check host, port and that the server runs"},
    Row{"08004", ErrorClass::refused,
        "the server is there, but TLS or a setting of the connection keeps it from being used: "
        "check sslmode, sslrootcert, sslcert and sslkey"},
    Row{"08", ErrorClass::lost,
        "the work was rolled back, unless the answer to a commit was lost; a retry finds out and "
        "repeats what is missing"},
    Row{"57P01", ErrorClass::lost, "the server was stopped or ended the session"},
    Row{"57P02", ErrorClass::lost, "the server crashed; it is recovering"},
    Row{"57P03", ErrorClass::down, "the server is starting or stopping"},
    Row{"53300", ErrorClass::down, "the server has no free connection"},
    Row{"28P01", ErrorClass::refused, "check the user and the connection's \"password\""},
    Row{"28", ErrorClass::refused,
        "the role does not exist or may not log in, or pg_hba.conf has no line that lets it in "
        "from this address; where only hostssl lines do, set sslmode=require"},
    Row{"3D000", ErrorClass::refused,
        "check the database's name: `psql -l` lists those of the server"},
    Row{"55P03", ErrorClass::locked, "another session holds the table; end its transaction"},
    Row{"40P01", ErrorClass::locked, "two transactions waited for each other; a retry helps"},
    Row{"40001", ErrorClass::locked, "concurrent transactions conflicted; a retry helps"},
    Row{"53100", ErrorClass::full, "free space on the server's disk"},
    Row{"42501", ErrorClass::denied,
        "grant the connection's user what is missing; BYPASSRLS where a policy would hide rows"},
    Row{"25006", ErrorClass::denied, "the server is a standby or read-only"},
    Row{"23503", ErrorClass::foreign_key, ""},
    Row{"23", ErrorClass::conflict, ""},
    Row{"22", ErrorClass::value, ""},
    Row{"0A", ErrorClass::statement, "the server's version does not do this"},
    Row{"42", ErrorClass::statement, "run the statement in psql to see what is wrong"},
};

const Row* row_of(const std::string& state) {
  for (const auto& row : rows) {
    if (std::string_view(state).starts_with(row.state)) return &row;
  }
  return nullptr;
}

}  // namespace

data::DatabaseError translated(const pg::Error& error) {
  const auto* row = row_of(error.sqlstate());
  std::string message = error.what();
  if (!error.detail().empty()) message += fmt::format(" ({})", error.detail());
  return {row ? row->error_class : ErrorClass::other,
          message,
          row ? row->hint : "",
          {{"sqlstate", error.sqlstate()}}};
}

}  // namespace orch::postgres
