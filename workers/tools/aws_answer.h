// Answers of AWS services as Task states see them.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "workers/tools/http_call.h"

namespace orch::tools {

/// The value of a header, whose name is in lower case; empty when there is none.
std::string header_of(const HttpResponse& response, std::string_view name);

/// The response's body as JSON; text that is none stays a string, no body is an object.
boost::json::value body_of(const HttpResponse& response);

/// A string member; empty when there is none.
std::string text_member(const boost::json::value& value, std::string_view name);

/// Adds SdkHttpMetadata and SdkResponseMetadata, which optimized integrations have.
void add_metadata(const HttpResponse& response, boost::json::object& answer);

}  // namespace orch::tools
