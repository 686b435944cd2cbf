#include "orchestrator/stepfunctions/syntax.h"

#include <vector>

#include <fmt/format.h>

#include "orchestrator/asl/utf8.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/text.h"

namespace orch::stepfunctions {
namespace {

constexpr const char* any_value =
    "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
constexpr const char* start_of_value =
    "a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// Follows the text up to its first fault. The stack holds the open brackets.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  std::optional<SyntaxFault> run() {
    value();
    while (!fault_ && !open_.empty()) next();
    return std::move(fault_);
  }

 private:
  void skip() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  bool ended() {
    skip();
    if (at_ < text_.size()) return false;
    if (open_.empty())
      stop("No content to map due to end-of-input", at_);
    else
      stop(fmt::format("Unexpected end-of-input: expected close marker for {}",
                       open_.back() == '{' ? "Object" : "Array"),
           at_);
    return true;
  }

  void stop(std::string message, std::size_t offset) { fault_ = {std::move(message), offset}; }

  void unexpected(std::string_view expected) {
    const auto rest = text_.substr(at_);
    const auto size = asl::character_size(rest);
    stop(fmt::format("Unexpected character ('{}' (code {})): was expecting {}",
                     rest.substr(0, size), static_cast<unsigned char>(rest.front()), expected),
         at_ + 1);
  }

  void value() {
    if (ended()) return;
    const char c = text_[at_];
    if (c == '{' || c == '[') {
      open_.push_back(c);
      first_ = true;
      ++at_;
    } else if (c == '"') {
      string();
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      number();
    } else {
      word();
    }
  }

  void string() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return;
      } else if (static_cast<unsigned char>(text_[at_]) < 0x20) {
        return stop(fmt::format("Illegal unquoted character ((CTRL-CHAR, code {})): has to be "
                                "escaped using backslash to be included in string value",
                                static_cast<unsigned char>(text_[at_])),
                    at_ + 1);
      }
    }
    stop("Unexpected end-of-input: was expecting closing quote for a string value", text_.size());
  }

  void number() {
    const auto begin = at_;
    while (at_ < text_.size() &&
           std::string_view("+-.eE0123456789").find(text_[at_]) != std::string_view::npos)
      ++at_;
    try {
      json::parse(text_.substr(begin, at_ - begin));
    } catch (const json::SyntaxError&) {
      stop(fmt::format("Invalid numeric value: '{}'", text_.substr(begin, at_ - begin)), at_);
    }
  }

  void word() {
    const auto begin = at_;
    const auto in_word = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
    };
    while (at_ < text_.size() && in_word(text_[at_])) ++at_;
    const auto found = text_.substr(begin, at_ - begin);
    if (found.empty()) return unexpected(start_of_value);
    if (found == "true" || found == "false" || found == "null") return;
    stop(fmt::format("Unrecognized token '{}': was expecting {}", found, any_value), at_);
  }

  // Behind a value or an opening bracket: the next entry, or the end.
  void next() {
    if (ended()) return;
    const bool object = open_.back() == '{';
    if (text_[at_] == (object ? '}' : ']')) {
      open_.pop_back();
      first_ = false;
      ++at_;
      return;
    }
    if (!first_) {
      if (text_[at_] != ',')
        return unexpected(fmt::format("comma to separate {} entries", object ? "Object" : "Array"));
      ++at_;
      if (ended()) return;
    }
    first_ = false;
    object ? entry() : value();
  }

  void entry() {
    if (text_[at_] != '"') return unexpected("double-quote to start field name");
    string();
    if (fault_ || ended()) return;
    if (text_[at_] != ':') return unexpected("a colon to separate field name and value");
    ++at_;
    value();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<char> open_;
  bool first_ = false;  ///< nothing stands in the innermost bracket yet
  std::optional<SyntaxFault> fault_;
};

}  // namespace

std::string SyntaxFault::with_source(std::string_view text) const {
  const auto place = json::location_of(text, offset);
  return fmt::format("{}\n at [Source: (String)\"{}\"; line: {}, column: {}]", message, text,
                     place.line, place.column);
}

std::optional<SyntaxFault> explain_syntax(std::string_view text) { return Walk(text).run(); }

}  // namespace orch::stepfunctions
