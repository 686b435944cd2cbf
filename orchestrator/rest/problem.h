// Errors as problem details (RFC 9457), with the codes of `orch explain`.
#pragma once

#include <exception>
#include <string>

#include <boost/json/object.hpp>

#include "orchestrator/base/error.h"
#include "orchestrator/http/handler.h"

namespace orch::rest {

/// An error that has a status of its own.
class Refused : public Error {
 public:
  Refused(http::Status status, std::string_view code, const std::string& message,
          std::string hint = {})
      : Error(code, message, std::move(hint)), status_(status) {}
  http::Status status() const noexcept { return status_; }

 private:
  http::Status status_;
};

/// By the error's code; 500 for what no client can mend.
http::Status status_of(const std::exception& error);

/// {"type","title","status","detail","code","hint"?,"file"?,"problems"?}. What is no orch::Error
/// says "the server failed" and no more.
boost::json::object problem_document(const std::exception& error);

http::Response problem_response(const std::exception& error);
/// A refusal of the server itself.
http::Response problem_response(const http::Refusal& refusal);

}  // namespace orch::rest
