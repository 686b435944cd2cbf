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
  std::optional<PayloadTemplate> payload_template(std::string_view field);
  /// `Field` in the definition or `FieldPath`, not both.
  std::optional<Number> number_or_path(const std::string& field, std::int64_t least,
                                       std::int64_t most);
};

}  // namespace orch::asl
