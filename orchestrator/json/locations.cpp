#include "orchestrator/json/locations.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include <boost/json/value.hpp>

#include "orchestrator/json/text.h"

namespace orch::json {
namespace {

std::vector<std::string> tokens_of(std::string_view pointer) {
  std::vector<std::string> tokens;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);  // the slash
    const auto end = std::min(pointer.find('/'), pointer.size());
    std::string token;
    for (std::size_t i = 0; i < end; ++i) {
      const bool escape = pointer[i] == '~' && i + 1 < end;
      token += escape ? (pointer[++i] == '1' ? '/' : '~') : pointer[i];
    }
    tokens.push_back(std::move(token));
    pointer.remove_prefix(end);
  }
  return tokens;
}

/// Walks over valid JSON without building it.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) { space(); }

  std::size_t position() const { return at_; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  /// Moves to the member or element `token` of the value here; false when there is none. `name` is
  /// set to where the member's name (or the element) begins.
  bool descend(const std::string& token, std::size_t& name) {
    if (peek() == '{') return descend_object(token, name);
    if (peek() == '[') return descend_array(token, name);
    return false;
  }

 private:
  bool descend_object(const std::string& token, std::size_t& name) {
    take();
    while (peek() == '"') {
      const auto begin = at_;
      string();
      const auto key = parse(text_.substr(begin, at_ - begin));
      space();
      take();  // the colon
      if (std::string_view(key.get_string()) == token) {
        name = begin;
        return true;
      }
      skip();
      if (peek() == ',') take();
    }
    return false;
  }

  bool descend_array(const std::string& token, std::size_t& name) {
    std::size_t wanted = 0;
    if (std::from_chars(token.data(), token.data() + token.size(), wanted).ec != std::errc{})
      return false;
    take();
    for (std::size_t index = 0; peek() != ']' && at_ < text_.size(); ++index) {
      if (index == wanted) {
        name = at_;
        return true;
      }
      skip();
      if (peek() == ',') take();
    }
    return false;
  }

  // Past the value here, however deep, without recursion.
  void skip() {
    int depth = 0;
    do {
      const char c = peek();
      if (c == '"') {
        string();
      } else {
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        ++at_;
        if (depth == 0 && c != '}' && c != ']') scalar();
      }
    } while (depth > 0 && at_ < text_.size());
    space();
  }
  void scalar() {
    while (at_ < text_.size() && std::string_view(",]} \t\r\n").find(text_[at_]) == npos) ++at_;
  }
  void string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }
  void take() {
    ++at_;
    space();
  }
  void space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != npos) ++at_;
  }

  static constexpr auto npos = std::string_view::npos;
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Location location_of(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto column = offset - (before.rfind('\n') + 1) + 1;  // npos + 1 == 0
  return {static_cast<int>(line), static_cast<int>(column)};
}

Location locate(std::string_view text, std::string_view pointer) {
  Scanner scanner(text);
  auto place = scanner.position();
  for (const auto& token : tokens_of(pointer)) {
    if (!scanner.descend(token, place)) break;
  }
  return location_of(text, place);
}

std::string pointer_token(std::string_view token) {
  std::string escaped;
  for (const char c : token) {
    if (c == '~')
      escaped += "~0";
    else if (c == '/')
      escaped += "~1";
    else
      escaped += c;
  }
  return escaped;
}

}  // namespace orch::json
