// The name of a type in parts, and the only way in which a type gets into a statement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workers/data/table.h"

namespace orch::postgres {

/// A type's name, parsed from what a server or a catalog says. What sql() gives is made of this
/// module's own words, integers and quoted names, whatever the text was: it is one type and nothing
/// else. Defaults, collations, constraints and expressions are not part of a name.
class TypeName {
 public:
  /// Reads one type as format_type() and people spell it: "numeric(12,2)", "varchar(40)[]",
  /// "timestamp(3) with time zone", "app.\"Mood\"", "public.geometry(Point,4326)". A single name
  /// without a schema that is no SQL type is looked for in `schema`; empty: by the search path.
  /// Unset when the text is anything else.
  static std::optional<TypeName> parse(std::string_view text,
                                       std::string_view schema = "pg_catalog");
  /// A type that a user made.
  static TypeName of(std::string schema, std::string name);

  /// As it is written in a statement.
  std::string sql() const;

  bool built_in() const { return schema_ == "pg_catalog"; }
  const std::string& schema() const { return schema_; }
  /// Not quoted and without modifiers; of SQL's types the standard name ("character varying").
  const std::string& name() const { return name_; }
  bool array() const { return array_; }
  /// The same type where `schema` has it.
  TypeName in_schema(std::string schema) const;

 private:
  friend class TypeParser;
  TypeName() = default;

  std::string schema_;
  std::string name_;
  bool keyword_ = false;                ///< one of SQL's own types: `name_` is from a closed list
  std::vector<std::string> modifiers_;  ///< integers, or words of types of extensions
  bool array_ = false;
};

/// The type of a column or an attribute in a statement. Throws TaskFailed "Type.Unsupported"
/// (ORCH-0410), naming `column`, when `type` is not the name of one type.
std::string type_sql(const data::TypeText& type, std::string_view column);

}  // namespace orch::postgres
