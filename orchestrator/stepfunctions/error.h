// A refusal as the service words it.
#pragma once

#include <stdexcept>
#include <string>

#include <boost/json/object.hpp>

namespace orch::stepfunctions {

/// `type` is the error's name on the wire ("StateMachineDoesNotExist"), what() its message,
/// `members` what some types carry beside it (ValidationException: reason).
class ServiceError : public std::runtime_error {
 public:
  ServiceError(std::string type, const std::string& message, boost::json::object members = {})
      : std::runtime_error(message),
        type_(std::move(type)),
        message_(message),
        members_(std::move(members)) {}

  const std::string& type() const noexcept { return type_; }
  /// what() in full: clients' names in it may hold NUL.
  const std::string& message() const noexcept { return message_; }
  const boost::json::object& members() const noexcept { return members_; }

 private:
  std::string type_;
  std::string message_;
  boost::json::object members_;
};

}  // namespace orch::stepfunctions
