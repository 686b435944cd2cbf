// A kind of server as facts: its catalog, its types, its SQL. What is the same for all of them is
// in the files beside this one, and names no server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "workers/data/expression.h"
#include "workers/data/failure.h"
#include "workers/data/table.h"

namespace orch::odbc {

/// How the values of a column travel from the driver.
enum class Way : std::uint8_t {
  integer,    ///< 64 bits
  real,       ///< double
  text,       ///< characters, read as a value of the column's kind
  bytes,      ///< binary
  date,       ///< by its parts
  timestamp,  ///< by its parts, to the nanosecond
  tagged,     ///< SQLite: a letter that tells the storage class, and the value
};

/// What a type means. Of the rows of a dialect the first that fits a column holds.
struct Type {
  std::string_view name = {};  ///< in small letters, without parameters: "int unsigned"
  data::Kind kind = data::Kind::other;
  Way way = Way::text;
  std::string_view select = "{}";  ///< SQL of the value; {} is the column
  /// Characters of the longest value; 0: as many as the column declares, or nobody knows.
  std::size_t longest = 0;
  int most = 0;        ///< fits columns whose first parameter is 1 to this; 0: all
  bool whole = false;  ///< fits columns whose second parameter is 0 alone
  int precision = 0;   ///< of a numeric whose parameters do not say it
  int scale = 0;       ///< likewise
};

/// Queries of the catalog. {schema}, {table} and {current} stand for texts in quotes. Every column
/// of an answer is read as a text. Without `relations` the driver's own functions are asked.
struct Catalog {
  std::string_view current = {};    ///< one value: the schema that names without one are in
  std::string_view relations = {};  ///< schema or '', name, what it is ("table", "view", …)
  std::string_view schemas = {};    ///< name; empty: there are none to choose from
  std::string_view table = {};      ///< schema, name, estimate of rows or NULL: best match first
  /// name, type with its parameters, longest text in characters or NULL, 'YES' where it may be
  /// NULL, 'YES' where it is computed
  std::string_view columns = {};
  std::string_view key = {};  ///< name, in the key's order
};

/// How a load sees one state of the database.
struct View {
  std::string_view name = {};                  ///< for people: "snapshot"
  std::span<const std::string_view> sql = {};  ///< what begins it
};

struct Reading {
  bool manual = false;  ///< the driver begins the transaction (SQL_ATTR_AUTOCOMMIT)
  View view = {};
  std::string_view allowed = {};  ///< one value, "1" where `view` can be had; empty: always
  View otherwise = {};
  std::string_view advice = {};  ///< why `otherwise` is of limited use, and what helps
};

/// A value of the evidence.
struct Position {
  std::string_view member = {};
  std::string_view sql = {};  ///< one value
  bool needs_right;           ///< it is left out where the user lacks it
};

/// SQL of watermarks.
struct Watermarks {
  bool moments = true;  ///< dates and times can be watermarks
  // A bound: {} is a text in quotes, {type} the name of the column's type.
  std::string_view date = "DATE {}";
  std::string_view time = "TIME {}";
  std::string_view timestamp = "TIMESTAMP {}";
  std::string_view timestamptz = "TIMESTAMP {}";
  bool offset = false;                  ///< that of timestamptz ends with " +00:00"
  std::string_view minus_seconds = {};  ///< {value} is such a bound, {seconds} a number
  /// A condition for values that have no place in the order; {} is the column. Empty: all have.
  std::string_view odd_moment = {};
  std::string_view odd_number = {};
};

/// An error of the server, or of its driver.
struct NativeError {
  int number;  ///< 0: any
  data::ErrorClass error_class;
  const char* hint;            ///< empty: that of the class
  std::string_view says = {};  ///< the message has this in it
};

struct Dialect {
  std::string_view name = {};      ///< "sqlserver"
  std::string_view server = {};    ///< for people: "SQL Server"
  std::string_view products = {};  ///< what SQL_DBMS_NAME begins with, in small letters, by commas
  data::SqlDialect expressions = data::SqlDialect::standard;
  std::string_view quote = "\"\"";    ///< before and after a name
  std::string_view text_prefix = {};  ///< before a text in quotes that may be any Unicode
  /// {columns}, {from}, {where}: the first row alone.
  std::string_view first_row = "SELECT {columns} FROM {from}{where}";
  std::span<const std::string_view> session = {};
  /// The server keeps no text longer than its column declares.
  bool keeps_lengths = true;
  bool typed = true;      ///< every value is of its column's type
  bool declared = false;  ///< a type may be any text: SQLite's rules hold
  Catalog catalog = {};
  std::span<const Type> types = {};
  Type other = {};  ///< of types that no row names
  Reading reading = {};
  std::span<const Position> positions = {};
  Watermarks watermarks = {};
  std::span<const NativeError> errors = {};
};

const Dialect& generic();
const Dialect& db2();
const Dialect& mysql();
const Dialect& oracle();
const Dialect& postgresql();
const Dialect& sqlite();
const Dialect& sqlserver();

/// All but generic().
std::span<const Dialect* const> dialects();
/// The dialect of that name; null: there is none.
const Dialect* dialect_named(std::string_view name);
/// The dialect of a server by its SQL_DBMS_NAME; generic() for unknown ones.
const Dialect& dialect_of_product(std::string_view product);

}  // namespace orch::odbc
