#include "workers/jsonl/members.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/json/text.h"
#include "workers/files/failures.h"

namespace orch::jsonl {
namespace {

constexpr std::string_view blanks = " \t\r";

/// Walks over a line that is known to be well-formed.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) { skip_blanks(); }

  char current() const { return text_[at_]; }
  void step() {
    ++at_;
    skip_blanks();
  }

  /// The value that begins here, without the blanks after it.
  std::string_view value() {
    const auto begin = at_;
    if (current() == '"')
      pass_string();
    else if (current() == '{' || current() == '[')
      pass_nested();
    else
      at_ = std::min(text_.find_first_of(" \t\r,}]", at_), text_.size());
    const auto found = text_.substr(begin, at_ - begin);
    skip_blanks();
    return found;
  }

 private:
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }

  void pass_string() {
    for (++at_; text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    ++at_;
  }

  void pass_nested() {
    int depth = 0;
    do {
      if (current() == '"') {
        pass_string();
        continue;
      }
      if (current() == '{' || current() == '[') ++depth;
      if (current() == '}' || current() == ']') --depth;
      ++at_;
    } while (depth > 0);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

workers::TaskFailed not_an_object(const Lines& line, const std::string& found) {
  return files::malformed(line.file(), line.line(), found, "one JSON object on each line",
                          "a file that is one JSON array is no JSON Lines: write an object a line");
}

/// What is wrong with a text that is not well-formed.
std::string fault_of(std::string_view text) {
  try {
    json::parse(text);
  } catch (const json::SyntaxError& error) {
    return fmt::format("no JSON at column {}", error.offset() + 1);
  }
  return "JSON that is nested too deep";
}

void refuse_repeated(const Lines& line, const std::vector<Member>& members) {
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const auto& member : members) names.emplace_back(member.name);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return;
  throw files::malformed(line.file(), line.line(), fmt::format("the member \"{}\" twice", *twice),
                         "each member of an object once");
}

}  // namespace

void split(const Lines& line, std::vector<Member>& members) {
  members.clear();
  if (!json::well_formed(line.text())) throw not_an_object(line, fault_of(line.text()));
  Walk walk(line.text());
  if (walk.current() != '{') throw not_an_object(line, "another JSON value");
  walk.step();
  while (walk.current() != '}') {
    Member member{unquoted(line, walk.value()), {}};
    walk.step();  // the colon
    member.value = walk.value();
    members.push_back(std::move(member));
    if (walk.current() == ',') walk.step();
  }
  refuse_repeated(line, members);
}

std::string unquoted(const Lines& line, std::string_view json) {
  if (json.find('\\') == std::string_view::npos)
    return std::string(json.substr(1, json.size() - 2));
  try {
    return std::string(json::parse(json).as_string());
  } catch (const json::SyntaxError&) {
    throw files::malformed(line.file(), line.line(), "a string that is no text", "Unicode text");
  }
}

}  // namespace orch::jsonl
