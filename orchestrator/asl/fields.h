// Reads the fields of one object of a definition and collects what is wrong with them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/asl/definition.h"
#include "orchestrator/json/fields.h"

namespace orch::asl {

using json::describe_type;
using json::Problems;

/// Members of any object, and those that hold paths and templates.
class Fields : public json::Fields {
 public:
  using json::Fields::Fields;

  std::optional<Path> path(std::string_view field);
  Filter<Path> path_filter(std::string_view field);
  Filter<ReferencePath> reference_filter(std::string_view field);
  /// In the language of the object.
  std::optional<PayloadTemplate> payload_template(std::string_view field);
  /// A JSONata field whose text is an expression; unset when absent or a literal.
  std::optional<Expression> expression(std::string_view field);
  /// JSONPath: `Field` in the definition or `FieldPath`, not both. JSONata: a number or expression.
  std::optional<Number> computed_number(const std::string& field, std::int64_t least,
                                        std::int64_t most);

  /// The object `member` of this one, whose expressions say "`context`Field" in their messages.
  Fields nested(const boost::json::object& member, std::string pointer,
                std::string context = {}) const;

  bool jsonata() const { return language == QueryLanguage::jsonata; }

  QueryLanguage machine_language = QueryLanguage::json_path;  ///< of the whole definition
  QueryLanguage language = QueryLanguage::json_path;          ///< of this object
  bool in_catcher = false;  ///< expressions of this object see `$states.errorOutput`

 private:
  std::string context_;  ///< stands before the names of fields in the messages of expressions
};

}  // namespace orch::asl
