#include "orchestrator/http/handler.h"

namespace orch::http {

Status status_of(Fault fault) {
  switch (fault) {
    case Fault::malformed:
    case Fault::bad_encoding:
      return Status::bad_request;
    case Fault::unknown_encoding:
      return Status::not_implemented;
    case Fault::header_too_large:
      return Status::request_header_fields_too_large;
    case Fault::body_too_large:
      return Status::payload_too_large;
    case Fault::wrong_host:
      return Status::misdirected_request;
    case Fault::foreign_origin:
      return Status::forbidden;
    case Fault::busy:
      return Status::service_unavailable;
    case Fault::failed:
      break;
  }
  return Status::internal_server_error;
}

Response refusal(const Handler& handler, const Refusal& refusal) {
  Response response(status_of(refusal.fault), 11);
  if (handler.refuse) {
    response = handler.refuse(refusal);
  } else {
    response.set(boost::beast::http::field::content_type, "text/plain; charset=utf-8");
    response.body() = refusal.message + '\n';
  }
  response.keep_alive(false);
  return response;
}

}  // namespace orch::http
