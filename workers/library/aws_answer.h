// Answers of AWS services as Task states see them.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "workers/library/http_call.h"

namespace orch::library {

/// The value of a header, whose name is in lower case; empty when there is none.
std::string header_of(const HttpResponse& response, std::string_view name);

/// The response's body as JSON; text that is none stays a string, no body is an object.
boost::json::value body_of(const HttpResponse& response);

/// True for a resource of the SDK's integrations, "arn:aws:states:::aws-sdk:…": they spell answers
/// and failures in another way than the optimized ones.
bool of_sdk(std::string_view resource);

/// The cause of a failed call: `message` and its circumstances. `service` is "AWSLambda" and the
/// like for optimized integrations, "Lambda" for the SDK's.
std::string service_cause(const HttpResponse& response, std::string_view message,
                          std::string_view service, std::string_view code, bool sdk);

/// Adds SdkHttpMetadata and SdkResponseMetadata, which optimized integrations have.
void add_metadata(const HttpResponse& response, boost::json::object& answer);

}  // namespace orch::library
