#include "workers/data/expression.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/ascii.h"
#include "workers/worker.h"

namespace orch::data {
namespace {

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}
bool continues_name(char c) { return starts_name(c) || is_digit(c) || c == '$'; }

/// Reads token by token, far enough to know what is a bracket and what only looks like one.
class Scanner {
 public:
  Scanner(std::string_view sql, SqlDialect dialect)
      : rest_(sql),
        dialect_(dialect),
        postgresql_(dialect == SqlDialect::postgresql),
        mysql_(dialect == SqlDialect::mysql) {}

  std::string run() {
    if (rest_.find('\0') != std::string_view::npos) return "it holds a NUL character";
    bool empty = true;
    while (problem_.empty() && !rest_.empty()) {
      if (!comment() && !blank()) {
        empty = false;
        token();
      }
    }
    if (problem_.empty() && !open_.empty())
      problem_ = fmt::format("a \"{}\" is not closed", open_.back());
    if (problem_.empty() && empty) return "it is empty";
    return problem_;
  }

 private:
  char at(std::size_t i) const { return i < rest_.size() ? rest_[i] : '\0'; }
  void skip(std::size_t count) { rest_.remove_prefix(std::min(count, rest_.size())); }

  bool blank() {
    if (std::string_view(" \t\n\r\f\v").find(rest_.front()) == std::string_view::npos) return false;
    skip(1);
    return true;
  }

  bool comment() {
    // In MySQL "--" begins a comment only before a blank or a control character; else it is two
    // signs.
    const auto third = static_cast<unsigned char>(at(2));
    const bool dashes = rest_.starts_with("--") && (!mysql_ || third <= ' ' || third == 0x7f);
    if (dashes || (mysql_ && rest_.front() == '#')) {
      const auto end = rest_.find_first_of(postgresql_ ? "\n\r" : "\n");
      skip(end == std::string_view::npos ? rest_.size() : end + 1);
      return true;
    }
    if (!rest_.starts_with("/*")) return false;
    if (mysql_ && (at(2) == '!' || (at(2) == 'M' && at(3) == '!'))) {
      refuse("a comment that the server would run");
      return true;
    }
    std::size_t depth = 1;
    skip(2);
    const bool nests = postgresql_ || dialect_ == SqlDialect::sqlserver;
    while (depth > 0 && !rest_.empty()) {
      const bool opens = rest_.starts_with("/*") && nests;
      if (dialect_ == SqlDialect::standard && rest_.starts_with("/*")) {
        refuse("a comment in a comment");
        return true;
      }
      const bool closes = rest_.starts_with("*/");
      depth = depth + (opens ? 1 : 0) - (closes ? 1 : 0);
      skip(opens || closes ? 2 : 1);
    }
    if (depth > 0) problem_ = "a comment is not closed";
    return true;
  }

  void token() {
    const char c = rest_.front();
    // After a line break this would continue with the text, by its rules.
    if (std::exchange(after_escapes_, false) && c == '\'') return refuse("a text follows a text");
    if (c == '(' || c == '[' || c == ')' || c == ']') return bracket(c);
    if (c == '\'') return quoted(0, false);
    if (c == '"') return quoted(0, false);
    if (c == '`' && (mysql_ || dialect_ == SqlDialect::sqlite)) return quoted(0, false);
    if (c == ';') return refuse("a \";\" ends the statement");
    if (c == '$' && postgresql_) return dollar();
    if (parameter_signs().find(c) != std::string_view::npos)
      return refuse(fmt::format("\"{}\" begins a parameter, a variable or an escape", c));
    if (is_digit(c) || (c == '.' && is_digit(at(1)))) return number();
    if (starts_name(c)) return name();
    skip(1);
  }

  /// What is no part of an expression outside of quotes.
  std::string_view parameter_signs() const {
    switch (dialect_) {
      case SqlDialect::postgresql:
        return "";
      case SqlDialect::sqlite:
        return "?:@#$";
      case SqlDialect::mysql:
        return "?:@";
      case SqlDialect::sqlserver:
        return "?@{}";
      case SqlDialect::oracle:
        return "?:{}`";
      case SqlDialect::standard:
        break;
    }
    return "?:@#$`{}\\";
  }

  void bracket(char c) {
    const bool names = dialect_ == SqlDialect::sqlite || dialect_ == SqlDialect::sqlserver;
    if (!postgresql_ && !names && (c == '[' || c == ']'))
      return refuse(fmt::format("\"{}\" is no SQL", c));
    // [a name], with ]] for one ] in it in SQL Server alone.
    if (c == '[' && dialect_ == SqlDialect::sqlserver) return quoted(0, false, ']');
    if (c == '[' && !postgresql_) {
      const auto end = rest_.find(']');
      if (end == std::string_view::npos) return refuse("a \"[\" is not closed");
      return skip(end + 1);
    }
    skip(1);
    if (c == '(' || c == '[') {
      open_ += c;
    } else if (c == ']' && !postgresql_) {
      refuse("a \"]\" closes nothing");
    } else if (open_.empty() || open_.back() != (c == ')' ? '(' : '[')) {
      refuse(fmt::format("a \"{}\" closes nothing", c));
    } else {
      open_.pop_back();
    }
  }

  /// A text or name in quotes, the first of which is at `start`; two of them stand for one.
  void quoted(std::size_t start, bool backslashes) { quoted(start, backslashes, at(start)); }
  void quoted(std::size_t start, bool backslashes, char quote) {
    for (auto i = start + 1; i < rest_.size(); ++i) {
      if (rest_[i] == '\\' && dialect_ == SqlDialect::standard)
        return refuse("a backslash means one thing to one server and another to others");
      if (backslashes && rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == quote) {
        if (at(i + 1) != quote) return skip(i + 1);
        ++i;
      }
    }
    refuse(fmt::format("a {} is not closed", quote));
  }

  /// $tag$ … $tag$
  void dollar() {
    std::size_t end = 1;
    while (end < rest_.size() && continues_name(rest_[end]) && rest_[end] != '$') ++end;
    if (is_digit(at(1))) return refuse("\"$\" begins a parameter");
    if (at(end) != '$') return refuse("\"$\" begins nothing");
    const auto tag = rest_.substr(0, end + 1);
    const auto close = rest_.find(tag, tag.size());
    if (close == std::string_view::npos) return refuse(fmt::format("a {} is not closed", tag));
    skip(close + tag.size());
  }

  /// Digits and what versions of a server read as part of them or as a name after them. A quote
  /// right after it could belong to a prefix (e'…') or not.
  void number() {
    std::size_t end = 1;
    while (is_digit(at(end)) || at(end) == '.') ++end;
    const bool signed_exponent = (at(end) == 'e' || at(end) == 'E') &&
                                 (at(end + 1) == '+' || at(end + 1) == '-') &&
                                 is_digit(at(end + 2));
    if (signed_exponent) end += 3;
    if (at(end) != '$')
      while (continues_name(at(end))) ++end;
    if (std::string_view("$'\"").find(at(end)) != std::string_view::npos)
      return refuse(fmt::format("\"{}\" is no number", rest_.substr(0, end + 1)));
    skip(end);
  }

  void name() {
    std::size_t end = 1;
    while (end < rest_.size() && continues_name(rest_[end])) ++end;
    const auto word = rest_.substr(0, end);
    // In other texts a backslash is a character: orch sets standard_conforming_strings.
    after_escapes_ = postgresql_ && at(end) == '\'' && (word == "e" || word == "E");
    if (after_escapes_) return quoted(end, true);
    // q'[…]' ends where its own brackets do.
    if (dialect_ == SqlDialect::oracle && at(end) == '\'' &&
        (word.back() == 'q' || word.back() == 'Q'))
      return refuse("a text begins with q'");
    skip(end);
  }

  void refuse(std::string problem) { problem_ = std::move(problem); }

  std::string_view rest_;
  SqlDialect dialect_;
  bool postgresql_;
  bool mysql_;
  bool after_escapes_ = false;  ///< the last token was an E'…'
  std::string open_;            ///< brackets that are not closed yet
  std::string problem_;
};

}  // namespace

std::string why_not_one(std::string_view sql, SqlDialect dialect) {
  return Scanner(sql, dialect).run();
}

std::string enclosed(std::string_view sql, SqlDialect dialect, const Refusal& refusal) {
  if (const auto problem = why_not_one(sql, dialect); !problem.empty())
    throw workers::TaskFailed(refusal.error, fmt::format("{}: {}", refusal.what, problem),
                              refusal.hint, refusal.code);
  return fmt::format("({}\n)", sql);
}

}  // namespace orch::data
