#include "orchestrator/json/locations.h"

#include <algorithm>
#include <map>
#include <numeric>

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

/// The pointers looked for, as a tree of their tokens.
struct Wanted {
  std::map<std::string, Wanted, std::less<>> children;
  std::vector<std::size_t> numbers;  ///< of the pointers that end here
};

Wanted tree_of(std::span<const std::string> pointers) {
  Wanted root;
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    auto* node = &root;
    for (auto& token : tokens_of(pointers[i])) node = &node->children[std::move(token)];
    node->numbers.push_back(i);
  }
  return root;
}

/// Walks over valid JSON without building it and notes where the wanted values begin.
class Scanner {
 public:
  Scanner(std::string_view text, std::vector<std::size_t>& offsets)
      : text_(text), offsets_(offsets) {
    space();
  }

  void scan(const Wanted& wanted) {
    settle(wanted, at_);
    value(wanted);
  }

 private:
  // The value here and what is wanted in it; afterwards behind it.
  void value(const Wanted& wanted) {
    if (!wanted.children.empty() && peek() == '{') return object(wanted);
    if (!wanted.children.empty() && peek() == '[') return array(wanted);
    skip();
  }

  void object(const Wanted& wanted) {
    take();
    while (peek() == '"') {
      const auto begin = at_;
      string();
      const auto name = parse(text_.substr(begin, at_ - begin));
      space();
      take();  // the colon
      member(wanted, std::string_view(name.get_string()), begin);
    }
    take();
  }

  void array(const Wanted& wanted) {
    take();
    for (std::size_t index = 0; peek() != ']' && at_ < text_.size(); ++index)
      member(wanted, std::to_string(index), at_);
    take();
  }

  void member(const Wanted& wanted, std::string_view token, std::size_t begin) {
    const auto child = wanted.children.find(token);
    if (child != wanted.children.end()) {
      settle(child->second, begin);
      value(child->second);
    } else {
      skip();
    }
    if (peek() == ',') take();
  }

  // What is not found further inside keeps the place of its nearest ancestor.
  void settle(const Wanted& wanted, std::size_t offset) {
    for (const auto number : wanted.numbers) offsets_[number] = offset;
    for (const auto& [token, child] : wanted.children) settle(child, offset);
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
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
  std::vector<std::size_t>& offsets_;
  std::size_t at_ = 0;
};

// One pass over the text for all offsets.
std::vector<Location> locations_of(std::string_view text, std::span<const std::size_t> offsets) {
  std::vector<std::size_t> order(offsets.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return offsets[a] < offsets[b]; });
  std::vector<Location> found(offsets.size());
  std::size_t done = 0;
  int line = 1;
  std::size_t line_begin = 0;
  for (const auto number : order) {
    for (; done < offsets[number]; ++done) {
      if (text[done] != '\n') continue;
      ++line;
      line_begin = done + 1;
    }
    found[number] = {line, static_cast<int>(offsets[number] - line_begin) + 1};
  }
  return found;
}

}  // namespace

Location location_of(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto column = offset - (before.rfind('\n') + 1) + 1;  // npos + 1 == 0
  return {static_cast<int>(line), static_cast<int>(column)};
}

std::vector<Location> locate(std::string_view text, std::span<const std::string> pointers) {
  std::vector<std::size_t> offsets(pointers.size());
  Scanner(text, offsets).scan(tree_of(pointers));
  return locations_of(text, offsets);
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
