// The grammar of an intrinsic function call:
//
//   call     = "States." name "(" [ argument {"," argument} ] ")"
//   argument = call | path | 'text' | number | true | false | null
//
// In 'text' a backslash stands before ' { } and \ only.
#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/asl/cursor.h"
#include "orchestrator/asl/intrinsic_program.h"
#include "orchestrator/base/error.h"
#include "orchestrator/json/text.h"

namespace orch::asl {
namespace {

namespace bj = boost::json;

std::vector<const IntrinsicFunction*> all_functions() {
  std::vector<const IntrinsicFunction*> all;
  for (const auto functions : {array_functions(), text_functions(), data_functions()})
    for (const auto& function : functions) all.push_back(&function);
  return all;
}

std::string suggestion(std::string_view name) {
  std::vector<std::string> names;
  for (const auto* function : all_functions()) names.emplace_back(function->name);
  return did_you_mean(name, names);
}

std::string count_text(const IntrinsicFunction& function) {
  if (function.most == std::string::npos) return fmt::format("at least {}", function.least);
  if (function.least == function.most) return fmt::format("{}", function.least);
  return fmt::format("{} to {}", function.least, function.most);
}

class Parser : public Cursor {
 public:
  explicit Parser(std::string_view text) : Cursor(text, "intrinsic function call") {}

  std::unique_ptr<const IntrinsicCall> call(int depth) {
    if (depth > max_intrinsic_depth)
      fail(fmt::format("calls nest deeper than {}", max_intrinsic_depth));
    auto call = std::make_unique<IntrinsicCall>();
    call->function = function();
    call->number = ++calls_;
    expect('(');
    skip_blanks();
    if (!take(')')) arguments(*call, depth);
    const auto count = call->arguments.size();
    if (count < call->function->least || count > call->function->most)
      throw SyntaxProblem(fmt::format("\"{}\": {} expects {} argument(s), found {}", excerpt(text_),
                                      call->function->name, count_text(*call->function), count));
    return call;
  }

 private:
  const IntrinsicFunction* function() {
    const auto start = position_;
    while (is_word(peek()) || peek() == '.') ++position_;
    const auto name = text_.substr(start, position_ - start);
    for (const auto* function : all_functions())
      if (function->name == name) return function;
    position_ = start;
    if (name.empty()) fail("expected a path or a function such as States.Format");
    throw SyntaxProblem(fmt::format("\"{}\": unknown intrinsic function \"{}\"{}", excerpt(text_),
                                    excerpt(name), suggestion(name)));
  }

  void arguments(IntrinsicCall& call, int depth) {
    do {
      skip_blanks();
      const bool format = call.function->name == "States.Format" && call.arguments.empty();
      call.arguments.push_back(argument(depth, format));
      skip_blanks();
    } while (take(','));
    expect(')');
  }

  IntrinsicArgument argument(int depth, bool keep_braces) {
    if (peek() == '\'') return bj::value(bj::string(text(keep_braces)));
    if (peek() == '$') return path();
    if (peek() == 'S') return call(depth + 1);
    return literal();
  }

  /// `keep_braces` leaves the escapes of braces to States.Format, for which {} has a meaning.
  std::string text(bool keep_braces) {
    expect('\'');
    std::string out;
    while (!at_end() && peek() != '\'') {
      if (!take('\\')) {
        out += text_[position_++];
        continue;
      }
      if (at_end() || std::string_view("'{}\\").find(peek()) == std::string_view::npos)
        fail("a backslash stands only before ' { } and \\: expected one of them");
      if (keep_braces && peek() != '\'') out += '\\';
      out += text_[position_++];
    }
    if (!take('\'')) fail("expected the closing '");
    return out;
  }

  /// A path ends at a comma, a blank or a parenthesis that is not its own.
  Path path() {
    const auto start = position_;
    int open = 0;
    char quote = '\0';
    for (; !at_end(); ++position_) {
      const char c = peek();
      if (quote != '\0') {
        if (c == '\\') ++position_;
        if (c == quote) quote = '\0';
      } else if (open > 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == '[' || c == '(') {
        ++open;
      } else if (open > 0 && (c == ']' || c == ')')) {
        --open;
      } else if (open == 0 && (c == ',' || c == ')' || c == ' ')) {
        break;
      }
    }
    position_ = std::min(position_, text_.size());
    return Path::compile(text_.substr(start, position_ - start));
  }

  bj::value literal() {
    const auto start = position_;
    while (is_word(peek()) || peek() == '-' || peek() == '+' || peek() == '.') ++position_;
    const auto word = text_.substr(start, position_ - start);
    try {
      return json::parse(word);
    } catch (const json::SyntaxError&) {
      position_ = start;
      fail("expected a path, a call, 'text', a number, true, false or null");
    }
  }

  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  std::uint64_t calls_ = 0;
};

}  // namespace

std::unique_ptr<const IntrinsicCall> parse_intrinsic(std::string_view text) {
  if (text.size() > max_intrinsic_bytes)
    throw SyntaxProblem(
        fmt::format("an intrinsic function call of {} bytes: at most {} are accepted", text.size(),
                    max_intrinsic_bytes));
  Parser parser(text);
  auto call = parser.call(1);
  if (!parser.at_end()) parser.fail("nothing may follow the call");
  return call;
}

}  // namespace orch::asl
