// The parameters of an operation, read strictly.
#pragma once

#include <string>

#include "orchestrator/json/fields.h"

namespace orch::host {

/// Read the members, then call done().
class Parameters : public json::Fields {
 public:
  /// `operation` names it in messages.
  Parameters(std::string operation, const boost::json::object& parameters)
      : json::Fields(parameters, "", found_), operation_(std::move(operation)) {}

  /// A required member that is a name.
  std::string name() { return required_string("name"); }
  /// Who asks; empty when it is not told.
  std::string by() { return string("by").value_or(""); }
  std::string text(std::string_view field) { return string(field).value_or(""); }

  /// Throws InvalidDocument ORCH-0804 with all that is wrong.
  void done() {
    finish("the parameters of " + operation_);
    if (!found_.empty()) throw InvalidDocument("ORCH-0804", operation_, std::move(found_));
  }

 private:
  std::string operation_;
  json::Problems found_;
};

}  // namespace orch::host
