// The document of the API (OpenAPI 3.1): made of the table of routes and the schemas of
// schema/rest.schema.json.
#pragma once

#include <string_view>

#include <boost/json/object.hpp>

namespace orch::rest {

/// `version` is the program's.
boost::json::object api_document(std::string_view version);

}  // namespace orch::rest
