#include "orchestrator/yaml/source.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "orchestrator/yaml/yaml.h"

namespace orch::yaml {
namespace {

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

/// What people write that no plain scalar begins with.
std::string hint_of(std::string_view line) {
  if (line.find("{%") != line.npos) return "quote the text: \"{% … %}\"";
  if (line.find('\t') != line.npos) return "indent with spaces, not with tabs";
  if (line.find("//") != line.npos) return "a comment begins with #";
  return {};
}

}  // namespace

Lines::Lines(std::string_view text) : text_(text), begins_{0} {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool pair = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    if ((text[at] == '\n' || text[at] == '\r') && !pair) begins_.push_back(at + 1);
  }
}

std::string_view Lines::line(std::size_t number) const {
  if (number >= begins_.size()) return {};
  const auto end = number + 1 < begins_.size() ? begins_[number + 1] : text_.size();
  return text_.substr(begins_[number], end - begins_[number]);
}

json::Location Lines::place(std::size_t number, std::size_t column) const {
  const auto text = line(number);
  std::size_t byte = 0;
  for (std::size_t characters = 0; byte < text.size(); ++byte) {
    if (begins_character(text[byte]) && characters++ == column) break;
  }
  return {static_cast<int>(number) + 1, static_cast<int>(byte) + 1};
}

Source::Source(std::string_view text) : lines_(text), parser_() {
  if (!yaml_parser_initialize(&parser_)) throw std::bad_alloc();
  yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                               text.size());
}

void Source::next(Event& event) {
  if (!yaml_parser_parse(&parser_, event.get())) refuse();
}

void Source::refuse() const {
  if (parser_.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
  const auto* problem = parser_.problem ? parser_.problem : "it is not YAML";
  const auto& mark = parser_.problem_mark;
  const auto context = parser_.context ? fmt::format(" ({} in line {})", parser_.context,
                                                     parser_.context_mark.line + 1)
                                       : std::string();
  throw SyntaxError(problem + context, hint_of(lines_.line(mark.line)), lines_.place(mark));
}

}  // namespace orch::yaml
