// Codes and messages. Internal to the module.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/jsonata/jsonata.h"
#include "orchestrator/jsonata/value.h"

namespace orch::jsonata {

class Raised;

/// Builds an Error: `throw Problem("T2001").at(9).token("+").value(left).error();`
class Problem {
 public:
  explicit Problem(std::string_view code) : code_(code) {}

  Problem& at(std::size_t position) {
    position_ = position;
    return *this;
  }
  Problem& token(std::string_view token) { return token_value(boost::json::string(token)); }
  /// A token that is no text: a number, a constant.
  Problem& token_value(boost::json::value token) {
    token_ = std::move(token);
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

  bool has_token() const { return token_.has_value(); }
  /// The first character of a text is no place to the reference.
  bool has_place() const { return position_.value_or(0) > 0; }

  Raised error() const;

 private:
  friend class Raised;
  std::string text() const;
  std::string token_text() const;

  std::string code_;
  std::optional<std::size_t> position_;
  std::optional<boost::json::value> token_;
  std::optional<std::string> value_;  ///< as it is shown
  std::optional<boost::json::value> document_;
  std::string second_;
  std::int64_t index_ = 0;
  std::string type_;
  std::string function_;
  std::optional<std::string> message_;
};

/// An Error on its way out: the calls that it passes know better where they stand in the text.
class Raised : public Error {
 public:
  explicit Raised(Problem problem);

  Problem problem;
};

}  // namespace orch::jsonata
