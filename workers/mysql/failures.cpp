#include "workers/mysql/failures.h"

#include <algorithm>
#include <array>

namespace orch::mysql {
namespace {

using data::ErrorClass;

struct Row {
  unsigned number;  ///< of the server, or of the library from 2000 on
  ErrorClass error_class;
  const char* hint;  ///< empty: that of the class
};

// Sources: MariaDB, "Error codes"; MySQL 8.0, "Server error message reference", "Client error
// message reference".
constexpr std::array rows = {
    Row{1040, ErrorClass::down, "the server has no free connection"},
    Row{1203, ErrorClass::down, "the user has as many connections as it may have"},
    Row{1226, ErrorClass::down, "the user has used up what it may use"},
    Row{1053, ErrorClass::lost, "the server was stopped"},
    Row{1927, ErrorClass::lost, "the session was killed"},
    Row{1317, ErrorClass::lost, "the statement was killed"},
    Row{1044, ErrorClass::refused, "grant the user SELECT on the database"},
    Row{1045, ErrorClass::refused, "check the user and the connection's \"password\""},
    Row{1251, ErrorClass::refused, "the account's way to log in is not known to the library"},
    Row{1698, ErrorClass::refused, "the account has a way to log in that is no password"},
    Row{1049, ErrorClass::refused, "check the database's name: SHOW DATABASES lists them"},
    Row{1129, ErrorClass::refused, "the server blocks this host: mysqladmin flush-hosts"},
    Row{1130, ErrorClass::refused, "no account lets this host in: CREATE USER 'name'@'host'"},
    Row{1862, ErrorClass::refused, "the user's password has expired"},
    Row{4151, ErrorClass::refused, "the account is locked: ALTER USER … ACCOUNT UNLOCK"},
    Row{3118, ErrorClass::refused, "the account is locked: ALTER USER … ACCOUNT UNLOCK"},
    Row{3159, ErrorClass::refused, "the server wants TLS: add ?tls=required to the URL"},
    Row{4031, ErrorClass::lost, "the server ended an idle session"},
    Row{1142, ErrorClass::denied, "grant the user SELECT on the table"},
    Row{1143, ErrorClass::denied, "grant the user SELECT on the column"},
    Row{1227, ErrorClass::denied, ""},
    Row{1356, ErrorClass::denied, "the view's definer has lost a right, or a table of it is gone"},
    Row{1205, ErrorClass::locked, "another session holds the table; end its transaction"},
    Row{1213, ErrorClass::locked, "two transactions waited for each other; a retry helps"},
    Row{1412, ErrorClass::locked, "the table was altered while it was read; a retry helps"},
    Row{3572, ErrorClass::locked, "another session holds the table; end its transaction"},
    Row{1021, ErrorClass::full, "free space on the server's disk"},
    Row{1114, ErrorClass::full, "the server's temporary space is used up"},
    Row{1064, ErrorClass::statement, ""},
    Row{1054, ErrorClass::statement, ""},
    Row{1146, ErrorClass::statement, ""},
    Row{1305, ErrorClass::statement, ""},
    Row{1969, ErrorClass::statement, "the user's max_statement_time is over"},
    Row{3024, ErrorClass::statement, "the user's max_execution_time is over"},
    Row{2002, ErrorClass::down, "check host, port and that the server runs"},
    Row{2003, ErrorClass::down, "check host, port and that the server runs"},
    Row{2005, ErrorClass::down, "check the host's name"},
    Row{2006, ErrorClass::lost, ""},
    Row{2013, ErrorClass::lost, ""},
    Row{2055, ErrorClass::lost, ""},
    Row{2026, ErrorClass::refused,
        "TLS could not be agreed on: check tls and tls_ca of the connection"},
    Row{2059, ErrorClass::refused, "the account's way to log in is not known to the library"},
};

}  // namespace

data::DatabaseError translated(const Error& error) {
  const auto row = std::ranges::find(rows, error.number(), &Row::number);
  const bool known = row != rows.end();
  return {known ? row->error_class : ErrorClass::other,
          error.what(),
          known ? row->hint : "",
          {{"mysql_error", error.number()}, {"sqlstate", error.sqlstate()}}};
}

}  // namespace orch::mysql
