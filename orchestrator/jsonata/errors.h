// Codes and messages. Internal to the module.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/jsonata/jsonata.h"
#include "orchestrator/jsonata/value.h"

namespace orch::jsonata {

/// Builds an Error: `throw Problem("T2001").at(9).token("+").value(left).error();`
class Problem {
 public:
  explicit Problem(std::string_view code) : code_(code) {}

  Problem& at(std::size_t position) {
    position_ = position;
    return *this;
  }
  Problem& token(std::string_view token) {
    token_ = token;
    return *this;
  }
  Problem& value(const Value& value);
  Problem& second(const Value& value);
  Problem& index(std::int64_t index) {
    index_ = index;
    return *this;
  }
  Problem& type(std::string_view type) {
    type_ = type;
    return *this;
  }
  Problem& function_name(std::string_view name) {
    function_ = name;
    return *this;
  }
  /// The whole message, of $error and $assert.
  Problem& message(std::string message) {
    message_ = std::move(message);
    return *this;
  }

  Error error() const;

 private:
  std::string code_;
  std::optional<std::size_t> position_;
  std::optional<std::string> token_;
  std::optional<std::string> value_;  ///< as it is shown
  std::optional<boost::json::value> document_;
  std::string second_;
  std::int64_t index_ = 0;
  std::string type_;
  std::string function_;
  std::optional<std::string> message_;
};

/// Fills in what the place of a failure did not know; the message follows.
Error with_token(const Error& error, std::string_view token, std::size_t position);

}  // namespace orch::jsonata
