// What a catalog's author writes in SQL: one expression or one query, put into brackets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orch::data {

/// Whose rules of quotes and comments hold.
enum class SqlDialect : std::uint8_t {
  postgresql,
  sqlite,
  mysql,  ///< in sessions with ANSI_QUOTES and NO_BACKSLASH_ESCAPES
  sqlserver,
  oracle,
  standard,  ///< what every server reads alike: DB2 and servers that nothing is known of
};

/// Why `sql` cannot be put into brackets as one expression or query; empty: it can. Whatever the
/// text is, when it can, the server reads the first bracket and the last as a pair with all of the
/// text between them. Refused are brackets that do not match, unfinished quotes and comments, a
/// semicolon, a NUL character, parameters, and what the versions of a server would read
/// differently (a name or quote right after a number), MySQL's comments that it runs, and where it
/// goes through an ODBC driver, its escapes in braces. Sources: PostgreSQL 15, "Lexical Structure"
/// and scan.l; SQLite, tokenize.c; MySQL 8.0, "Comments", "String Literals"; Transact-SQL,
/// "Comments", "Database Identifiers"; Oracle SQL, "Literals".
std::string why_not_one(std::string_view sql, SqlDialect dialect);

/// How a text that is not one expression fails.
struct Refusal {
  std::string error;  ///< "Source.QueryFailed"
  std::string what;   ///< "the condition of public.t"
  std::string hint;
  std::string code;
};

/// "(sql\n)"; the line break ends a comment. Throws TaskFailed as `refusal` says.
std::string enclosed(std::string_view sql, SqlDialect dialect, const Refusal& refusal);

}  // namespace orch::data
