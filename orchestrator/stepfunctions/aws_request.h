// What an HTTP request of an AWS client asks for. Pure: no clock, no service behind it.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "orchestrator/aws/sigv4.h"
#include "orchestrator/http/server.h"

namespace orch::stepfunctions {

struct AwsRequest {
  std::string_view operation;  ///< "StartExecution"; inside the request
  std::string region;          ///< that the signature names; empty: none
  boost::json::object body;
};

/// The target behind the host: proxies send the whole URL. Inside the request.
std::string_view path_of(const http::Request& request);

/// Checks the signature when there are `keys`, then the rest; `encrypted`: it came over TLS. Throws
/// aws::SignatureRefused, and ServiceError (UnknownOperationException, SerializationException).
AwsRequest read_aws_request(const http::Request& request, bool encrypted, const aws::Keys& keys,
                            Instant now);

}  // namespace orch::stepfunctions
