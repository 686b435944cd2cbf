// What sources and targets say about a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
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

/// A type as some database spells it: "numeric(12,2)", "NVARCHAR(160)". It may be anything, for a
/// server answers what it likes: it is compared, shown and parsed. It has no formatter, so that it
/// does not get into a statement; each target has a type_sql() that makes a type's SQL of its
/// parts.
class TypeText {
 public:
  TypeText() = default;
  // It is a text.
  // NOLINTBEGIN(google-explicit-constructor)
  TypeText(std::string text) : text_(std::move(text)) {}
  TypeText(const char* text) : text_(text) {}
  // NOLINTEND(google-explicit-constructor)

  bool empty() const { return text_.empty(); }
  /// For people, for parsers and for records; never for a statement.
  const std::string& shown() const { return text_; }
  friend bool operator==(const TypeText&, const TypeText&) = default;

 private:
  std::string text_;
};

struct Column {
  std::string name;
  Kind kind = Kind::other;
  TypeText native;    ///< as its database spells it
  int precision = 0;  ///< of numeric; 0: unbounded
  int scale = 0;
  int length = 0;  ///< of text, in characters; 0: unbounded
  bool nullable = true;
  bool generated = false;  ///< the database computes it: it is never written
  bool readable = true;    ///< the connection's user has the right to read it
};

/// A type that a user of the source's database made, and columns need. In parts, none of which is
/// SQL: what is made of them in a target has no code of the source's in it.
struct UserType {
  struct Attribute {
    std::string name;
    TypeText type;
    friend bool operator==(const Attribute&, const Attribute&) = default;
  };
  enum class Form : std::uint8_t { enumeration, composite };

  std::string schema;  ///< not quoted
  std::string name;    ///< not quoted
  Form form = Form::enumeration;
  std::vector<std::string> labels = {};    ///< of an enumeration, in their order
  std::vector<Attribute> attributes = {};  ///< of a composite type
  std::vector<std::string> columns = {};   ///< of the table: those that need it
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
  std::optional<std::int64_t> estimated_bytes = {};  ///< on its disk, without indexes
  std::vector<UserType> types = {};                  ///< each after those it is made of
  /// Other tables inherit from it: its name alone means their rows, too. Not of partitions.
  bool inherited = false;
};

}  // namespace orch::data
