// JSONata in pipelines: between `{%` and `%}`, over `$trigger` and `$pipeline`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "orchestrator/json/fields.h"
#include "orchestrator/jsonata/jsonata.h"

namespace orch::pipeline {

/// True for a text between `{%` and `%}`.
bool is_expression(std::string_view text);

/// Empty when it is none, or cannot be read: then, as for variables that there are not, it is a
/// problem of `pointer`.
std::optional<jsonata::Expression> read_expression(std::string_view text,
                                                   const std::string& pointer,
                                                   json::Problems& problems);

/// With the budgets of jsonata::bounded(). Throws Error ORCH-0803, in which `what` names the
/// expression.
std::optional<boost::json::value> evaluate(const jsonata::Expression& expression,
                                           const std::string& what,
                                           const boost::json::object& trigger,
                                           const boost::json::object& pipeline);

}  // namespace orch::pipeline
