#include "workers/odbc/failures.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace orch::odbc {
namespace {

using data::ErrorClass;

struct State {
  std::string_view begin;  ///< of the SQLSTATE
  ErrorClass error_class;
  const char* hint;  ///< empty: that of the class
};

// The first that fits holds. Sources: ODBC, "Appendix A: ODBC Error Codes"; SQL, "SQLSTATE"; the
// states of servers that drivers hand on (PostgreSQL, Appendix A).
constexpr std::array states = {
    State{"08001", ErrorClass::down, ""},
    State{"08004", ErrorClass::refused, ""},
    State{"08", ErrorClass::lost, ""},
    State{"28", ErrorClass::refused, "check the user and the connection's \"password\""},
    State{"HYT", ErrorClass::down, "the server did not answer in time"},
    State{"IM", ErrorClass::down,
          "odbcinst.ini names the drivers, odbc.ini the data sources: odbcinst -q -d, odbcinst -q "
          "-s"},
    State{"01000", ErrorClass::down, "the driver's file or a library of it is missing"},
    State{"HY008", ErrorClass::lost, "the statement was killed"},
    State{"40", ErrorClass::locked, "two transactions waited for each other; a retry helps"},
    State{"55P03", ErrorClass::locked, ""},
    State{"42501", ErrorClass::denied, ""},
    State{"42", ErrorClass::statement, ""},
    State{"37000", ErrorClass::statement, ""},
    State{"S0", ErrorClass::statement, ""},
    State{"53100", ErrorClass::full, ""},
    State{"53", ErrorClass::down, "the server has no free connection"},
    State{"57014", ErrorClass::lost, "the statement was killed"},
    State{"57P", ErrorClass::lost, ""},
};

}  // namespace

data::DatabaseError translated(const Error& error, const Dialect& dialect) {
  const std::string message = error.what();
  boost::json::object details{{"sqlstate", error.sqlstate()}, {"native_error", error.native()}};
  for (const auto& row : dialect.errors)
    if ((row.number == 0 || row.number == error.native()) &&
        (row.says.empty() || message.find(row.says) != message.npos))
      return {row.error_class, message, row.hint, std::move(details)};
  if (error.dead()) return {ErrorClass::lost, message, "", std::move(details)};
  const auto state = std::ranges::find_if(
      states, [&](const State& row) { return error.sqlstate().starts_with(row.begin); });
  if (state == states.end()) return {ErrorClass::other, message, "", std::move(details)};
  return {state->error_class, message, state->hint, std::move(details)};
}

data::DatabaseError translated(const LibraryMissing& missing) {
  return {ErrorClass::down, missing.what(),
          "install unixODBC (Debian: libodbc2, odbcinst); ORCH_ODBC names another file of it"};
}

}  // namespace orch::odbc
