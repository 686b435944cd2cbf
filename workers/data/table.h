// What sources and targets say about a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orch::data {

/// The meaning of a column, common to all databases.
enum class Kind : std::uint8_t {
  boolean,
  int16,
  int32,
  int64,
  float32,
  float64,
  numeric,
  text,
  bytes,
  date,
  time,
  timestamp,
  timestamptz,
  uuid,
  json,
  any,    ///< SQLite: each value has its own storage class
  other,  ///< only databases of the same engine understand it
};

struct Column {
  std::string name;
  Kind kind = Kind::other;
  std::string native;  ///< as its database spells it: "numeric(12,2)", "NVARCHAR(160)"
  int precision = 0;   ///< of numeric; 0: unbounded
  int scale = 0;
  int length = 0;  ///< of text, in characters; 0: unbounded
  bool nullable = true;
  bool generated = false;  ///< the database computes it: it is never written
};

/// A type that a user of the source's database made, and columns need.
struct UserType {
  std::string name;    ///< as Column::native spells it
  std::string schema;  ///< not quoted
  std::string shape;   ///< what it is made of, as SQL; equal shapes hold the same values
  std::string create;  ///< SQL that makes it in a database of the same engine
  std::vector<std::string> columns = {};  ///< of the table: those that need it
};

struct TableName {
  std::string schema;  ///< empty: the database's default
  std::string name;

  /// `schema.name` for people; never for SQL.
  std::string display() const { return schema.empty() ? name : schema + "." + name; }
  friend bool operator==(const TableName&, const TableName&) = default;
};

struct Table {
  TableName name;
  std::vector<Column> columns;
  std::vector<std::string> key;  ///< primary key columns in their order; may be empty
  std::optional<std::int64_t> estimated_rows;
  std::vector<UserType> types = {};  ///< each after those it is made of
};

}  // namespace orch::data
