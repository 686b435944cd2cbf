// What an HTTP request of an AWS client asks for. Pure: no clock, no service behind it.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "orchestrator/aws/sigv4.h"
#include "orchestrator/http/handler.h"

namespace orch::stepfunctions {

struct AwsRequest {
  std::string_view operation;  ///< "StartExecution"; inside the request
  std::string region;          ///< that the signature names; empty: none
  boost::json::object body;
};

/// What can be refused of a request before its body is known: who signs it and when, else which
/// operation it is. Throws aws::SignatureRefused, and ServiceError (UnknownOperationException).
void check_aws_header(const http::Header& header, bool encrypted, const aws::Keys& keys,
                      Instant now);

/// Checks the signature when there are `keys`, then the rest; `encrypted`: it came over TLS. Throws
/// aws::SignatureRefused, and ServiceError (UnknownOperationException, SerializationException).
AwsRequest read_aws_request(const http::Request& request, bool encrypted, const aws::Keys& keys,
                            Instant now);

}  // namespace orch::stepfunctions
