// The grammar, Jayway's dialect:
//
//   path     = ("$" | "$$" | "$" variable | "@") step* call*
//   step     = [ "." ] bracket | "." name | "." "*" | ".." ( name | "*" | bracket )
//   bracket  = "[" ( quoted {"," quoted} | int {"," int} | int? ":" int? | "*" | "?(" filter ")" |
//              "(@.length" [ "()" ] "-" int ")" ) "]"
//   call     = "." name "(" [ argument {"," argument} ] ")"
//   name     = any characters but space . [ (
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/asl/path_parser.h"
#include "orchestrator/base/ascii.h"
#include "orchestrator/json/text.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

constexpr std::array functions = {
    std::pair{"length", Call::Function::length}, std::pair{"size", Call::Function::length},
    std::pair{"keys", Call::Function::keys},     std::pair{"first", Call::Function::first},
    std::pair{"last", Call::Function::last},     std::pair{"index", Call::Function::index},
    std::pair{"min", Call::Function::min},       std::pair{"max", Call::Function::max},
    std::pair{"sum", Call::Function::sum},       std::pair{"avg", Call::Function::avg},
    std::pair{"stddev", Call::Function::stddev}, std::pair{"concat", Call::Function::concat},
    std::pair{"append", Call::Function::append},
};

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | point >> 6);
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

// Unicode's letters may start a name too: every byte of them is above ASCII.
bool starts_variable(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

bool is_definite(const Step& step) {
  return std::holds_alternative<step::Name>(step) || std::holds_alternative<step::Index>(step) ||
         std::holds_alternative<step::FromEnd>(step);
}

/// Fills in what follows from the steps.
void finish(PathProgram& program) {
  const auto& steps = program.steps;
  const auto first = std::find_if_not(steps.begin(), steps.end(), is_definite);
  program.definite_steps = static_cast<std::size_t>(first - steps.begin());
  const auto rest = steps.end() - first;
  program.single = !program.calls.empty() || rest == 0 ||
                   (rest == 1 && std::holds_alternative<step::Names>(*first));
}

}  // namespace

std::shared_ptr<const PathProgram> PathParser::path() {
  auto program = std::make_shared<PathProgram>();
  const auto start = position_;
  if (take('@')) {
    if (filter_depth_ == 0) fail("'@' belongs inside a filter: expected a path that starts with $");
    program->root = PathProgram::Root::item;
  } else {
    expect('$');
    if (filter_depth_ == 0 && take('$')) program->root = PathProgram::Root::context;
    if (filter_depth_ == 0 && starts_variable(peek()) && program->root == PathProgram::Root::data) {
      program->root = PathProgram::Root::variable;
      program->variable = variable();
    }
  }
  while (next(*program)) {
    if (program->steps.size() > max_steps) fail(fmt::format("more than {} steps", max_steps));
  }
  finish(*program);
  program->text = text_.substr(start, position_ - start);
  return program;
}

bool PathParser::next(PathProgram& program) {
  if (at_end()) return false;
  const bool dot = take('.');
  if (!dot && peek() != '[') return false;
  if (!program.calls.empty() && (!dot || peek() == '.')) fail("nothing may follow a function");
  if (!dot) return program.steps.push_back(bracket()), true;
  if (take('.')) program.steps.emplace_back(step::Descend{});
  if (peek() == '[') return program.steps.push_back(bracket()), true;
  if (take('*')) return program.steps.emplace_back(step::Wildcard{}), true;
  auto word = name();
  if (take('(')) {
    if (!program.steps.empty() && std::holds_alternative<step::Descend>(program.steps.back()))
      fail("a function cannot follow '..'");
    return program.calls.push_back(call(std::move(word))), true;
  }
  if (!program.calls.empty()) fail("nothing may follow a function");
  return program.steps.emplace_back(step::Name{std::move(word)}), true;
}

std::string PathParser::variable() {
  const auto start = position_;
  while (!at_end() && (starts_variable(peek()) || is_digit(peek()))) ++position_;
  return std::string(text_.substr(start, position_ - start));
}

std::string PathParser::name() {
  const auto start = position_;
  // Inside a filter a path ends where the filter's own syntax continues.
  const std::string_view stops = filter_depth_ > 0 ? " .[(),]=!<>~&|\t\n" : " .[(";
  while (!at_end() && stops.find(peek()) == stops.npos) ++position_;
  if (position_ == start) fail("expected a name");
  if (!at_end() && peek() == ' ' && filter_depth_ == 0)
    fail("a name with blanks needs brackets and quotes, ['my name']: expected '.' or '['");
  return std::string(text_.substr(start, position_ - start));
}

Step PathParser::bracket() {
  expect('[');
  skip_blanks();
  Step step = step::Wildcard{};
  if (peek() == '\'' || peek() == '"') {
    step = names();
  } else if (take('?')) {
    step = filter();
  } else if (take('(')) {
    step = from_end();
  } else if (!take('*')) {
    step = numbers();
  }
  skip_blanks();
  expect(']');
  return step;
}

// [(@.length-1)]: the only script that the service's JSONPath knows.
Step PathParser::from_end() {
  skip_blanks();
  if (!take("@.length")) fail("expected @.length-1 inside [( )]");
  take("()");
  skip_blanks();
  expect('-');
  skip_blanks();
  if (!is_digit(peek())) fail("expected how many elements to count from the end");
  const auto count = integer();
  skip_blanks();
  expect(')');
  return step::FromEnd{count};
}

Step PathParser::names() {
  std::vector<std::string> names;
  do {
    skip_blanks();
    if (peek() != '\'' && peek() != '"') fail("expected a quoted name");
    names.push_back(quoted());
    skip_blanks();
  } while (take(','));
  if (names.size() == 1) return step::Name{std::move(names.front())};
  return step::Names{std::move(names)};
}

Step PathParser::numbers() {
  std::vector<std::int64_t> indexes;
  if (peek() != ':') indexes.push_back(integer());
  skip_blanks();
  if (take(':')) {
    step::Slice slice;
    if (!indexes.empty()) slice.from = indexes.front();
    skip_blanks();
    if (peek() == '-' || is_digit(peek())) slice.to = integer();
    skip_blanks();
    if (peek() == ':') fail("slices have no step here: expected ']'");
    if (!slice.from && !slice.to) fail("a slice needs a start or an end");
    return slice;
  }
  while (take(',')) {
    skip_blanks();
    indexes.push_back(integer());
    skip_blanks();
  }
  if (indexes.size() == 1) return step::Index{indexes.front()};
  return step::Indexes{std::move(indexes)};
}

Step PathParser::filter() {
  if (filter_depth_ >= max_filter_depth)
    fail(fmt::format("filters nest deeper than {}", max_filter_depth));
  expect('(');
  ++filter_depth_;
  auto condition = std::make_shared<FilterNode>(any_of());
  --filter_depth_;
  skip_blanks();
  expect(')');
  return step::Filter{std::move(condition)};
}

Call PathParser::call(std::string word) {
  const auto* const known = std::find_if(functions.begin(), functions.end(),
                                         [&](const auto& entry) { return word == entry.first; });
  if (known == functions.end()) fail(fmt::format("unknown function {}()", word));
  Call call{known->second, std::move(word), {}};
  skip_blanks();
  if (take(')')) return call;
  if (filter_depth_ >= max_filter_depth)
    fail(fmt::format("functions nest deeper than {}", max_filter_depth));
  ++filter_depth_;
  do {
    skip_blanks();
    if (peek() == '$' || peek() == '@') {
      call.arguments.emplace_back(path());
    } else {
      call.arguments.emplace_back(literal(false));
    }
    skip_blanks();
  } while (take(','));
  --filter_depth_;
  expect(')');
  return call;
}

std::int64_t PathParser::integer() {
  const auto rest = text_.substr(position_);
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error == std::errc::result_out_of_range) fail("an index within 32 bits is expected");
  if (error != std::errc{}) fail("expected a quoted name, an index, a slice, '*' or '?('");
  position_ += static_cast<std::size_t>(end - rest.data());
  return value;
}

std::string PathParser::quoted() {
  const char quote = text_[position_++];
  std::string out;
  while (!at_end() && peek() != quote) {
    const char c = text_[position_++];
    if (c != '\\') {
      out += c;
    } else if (at_end()) {
      break;
    } else {
      escape(out);
    }
  }
  if (!take(quote)) fail(fmt::format("expected the closing {}", quote));
  return out;
}

void PathParser::escape(std::string& out) {
  const char c = text_[position_++];
  switch (c) {
    case 'n':
      out += '\n';
      break;
    case 't':
      out += '\t';
      break;
    case 'r':
      out += '\r';
      break;
    case 'b':
      out += '\b';
      break;
    case 'f':
      out += '\f';
      break;
    case 'u':
      append_utf8(out, code_point());
      break;
    default:
      out += c;
  }
}

std::uint32_t PathParser::code_unit() {
  const auto digits = text_.substr(position_, 4);
  std::uint32_t unit = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
  if (error != std::errc{} || end != digits.data() + 4) fail("expected four hexadecimal digits");
  position_ += 4;
  return unit;
}

std::uint32_t PathParser::code_point() {
  const auto high = code_unit();
  if (high < 0xD800 || high > 0xDFFF) return high;
  if (high > 0xDBFF || text_.substr(position_, 2) != "\\u")
    fail("expected the second half of a surrogate pair");
  position_ += 2;
  const auto low = code_unit();
  if (low < 0xDC00 || low > 0xDFFF) fail("expected the second half of a surrogate pair");
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

std::shared_ptr<const PathProgram> parse_path(std::string_view text) {
  if (text.size() > max_path_bytes)
    throw SyntaxProblem(fmt::format("a JSONPath of {} bytes: at most {} are accepted", text.size(),
                                    max_path_bytes));
  PathParser parser(text);
  auto program = parser.path();
  if (!parser.at_end()) parser.fail("expected '.' or '['");
  return program;
}

}  // namespace orch::asl
