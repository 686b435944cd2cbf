// What an HTTP request of an AWS client asks for. Pure: no clock, no service behind it.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "orchestrator/aws/sigv4.h"
#include "orchestrator/http/server.h"

namespace orch::http {

struct AwsRequest {
  std::string_view operation;  ///< "StartExecution"; inside the request
  std::string region;          ///< that the signature names; empty: none
  boost::json::object body;
};

/// Checks the signature when there are `keys`, then the rest. Throws aws::SignatureRefused, and
/// ServiceError (UnknownOperationException, SerializationException).
AwsRequest read_aws_request(const Request& request, const aws::Keys& keys, Instant now);

}  // namespace orch::http
