// What the driver answers: a file of JSON lines.
//
// {"info": {"dbms": "Oracle", "version": "19.00", "driver": "libsqora.so", "quote": "\""}}
// {"match": REGEX, …}: answers the statements whose text, its white space made single blanks, holds
// a match; the
//   first line that fits and is not used up wins. Without a line, SELECT, WITH and VALUES fail and
//   other statements succeed. A function of the catalog asks as "SQLTables", "SQLColumns(SCHEMA,
//   TABLE)", "SQLPrimaryKeys(SCHEMA, TABLE)", a connection as "connect".
//   "columns": [{"name", "type": SQL_… number, "size", "digits", "nullable", "type_name"}]
//   "rows": [[cell…]…], "repeat": times the rows come; a cell is null, a text, {"hex": bytes},
//     {"text" or "hex", "times"}, and may have an "indicator" that lies about its length
//   "times": how often the line holds; "after_rows": rows before "error" or "drop" come true
//   "error": {"state", "native", "message"}; "drop": the connection is dead from there on
//   "wait": until the statement is cancelled
//   "columns_told", "rows_told": what SQLNumResultCols and a fetch claim, instead of the truth;
//   "endless": pieces of a value never end
#pragma once

#include <mutex>
#include <optional>
#include <regex>
#include <sql.h>
#include <sqlext.h>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace recording {

struct Cell {
  bool null = true;
  bool binary = false;
  std::string bytes;  ///< UTF-8 where it is not binary
  std::optional<SQLLEN> indicator;
};

struct Column {
  std::string name;
  std::string type_name;
  SQLSMALLINT type = SQL_VARCHAR;
  SQLULEN size = 0;
  SQLSMALLINT digits = 0;
  SQLSMALLINT nullable = SQL_NULLABLE;
};

struct Failure {
  std::string state;
  SQLINTEGER native = 0;
  std::string message;
};

struct Answer {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
  std::size_t repeat = 1;
  std::size_t after_rows = 0;
  std::optional<Failure> error;
  bool drop = false;
  bool wait = false;
  bool endless = false;
  std::optional<SQLSMALLINT> columns_told;
  std::optional<SQLULEN> rows_told;

  std::size_t count() const { return rows.size() * repeat; }
  bool fails() const { return drop || error.has_value(); }
};

/// The file that ORCH_TEST_ODBC_SCRIPT names; any thread.
class Script {
 public:
  static Script& shared();
  Answer answer(const std::string& text);
  std::string info(const char* name) const;

 private:
  Script();
  struct Line {
    std::regex match;
    Answer answer;
    std::int64_t times;
  };

  std::vector<Line> lines_;
  boost::json::object info_;
  std::mutex mutex_;
};

/// Appends a line to the file that ORCH_TEST_ODBC_LOG names; any thread.
void record(const std::string& line);

/// White space made single blanks.
std::string in_one_line(const std::string& sql);

}  // namespace recording
