// Values to JSON and to text.
#include <cmath>

#include "orchestrator/json/text.h"
#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/number.h"
#include "orchestrator/jsonata/text.h"
#include "orchestrator/jsonata/value.h"

namespace orch::jsonata {
namespace {

namespace bj = boost::json;

constexpr double exact = 9007199254740992.0;  // 2^53: whole numbers up to here are themselves

bj::value number_json(double number, NotFinite not_finite) {
  if (!std::isfinite(number)) {
    if (not_finite == NotFinite::as_null) return nullptr;
    if (std::isnan(number)) return "NaN";
    return number > 0 ? "Infinity" : "-Infinity";
  }
  if (is_integer(number) && std::abs(number) <= exact) return static_cast<std::int64_t>(number);
  return number;
}

void append_quoted(std::string& out, std::string_view text) {
  if (!has_lone_surrogate(text)) return json::append_string(out, text);
  // Only the escape can carry one.
  constexpr const char* digits = "0123456789abcdef";
  std::string plain;
  out += '"';
  const auto flush = [&] {
    std::string quoted;
    json::append_string(quoted, plain);
    out.append(quoted, 1, quoted.size() - 2);
    plain.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto character = next_character(text, at);
    if (character < 0xD800 || character > 0xDFFF) {
      append_character(plain, character);
      continue;
    }
    flush();
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += digits[character >> shift & 0xF];
  }
  flush();
  out += '"';
}

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void write(const Value& value) {
    switch (value.type()) {
      case Type::undefined:
      case Type::null:
        out_ += "null";
        return;
      case Type::boolean:
        out_ += value.boolean() ? "true" : "false";
        return;
      case Type::number:
        return write_number(value);
      case Type::string:
        return append_quoted(out_, value.string());
      case Type::function:
        out_ += "\"\"";
        return;
      case Type::array:
        return write_array(value);
      case Type::object:
        return write_object(value);
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void write_number(const Value& value) {
    const auto number = value.number();
    if (!std::isfinite(number)) throw Problem("D1001").value(value).error();
    out_ += number_text(is_integer(number) ? number : with_15_digits(number));
  }
  void write_array(const Value& value) {
    const Nested nested;
    out_ += '[';
    ++depth_;
    for (std::size_t i = 0; i < value.size(); ++i) {
      separate(i > 0);
      write(value.at(i));
    }
    close(value.size() > 0, ']');
  }
  void write_object(const Value& value) {
    const Nested nested;
    out_ += '{';
    ++depth_;
    bool any = false;
    for (const auto& [name, member] : value.members()) {
      if (!member.defined()) continue;
      separate(any);
      any = true;
      append_quoted(out_, name);
      out_ += pretty_ ? ": " : ":";
      write(member);
    }
    close(any, '}');
  }
  void separate(bool further) {
    if (further) out_ += ',';
    break_line();
  }
  void close(bool any, char bracket) {
    --depth_;
    if (any) break_line();
    out_ += bracket;
  }
  void break_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  bool pretty_;
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

bj::value to_json(const Value& value, NotFinite not_finite) {
  const Nested nested;
  switch (value.type()) {
    case Type::undefined:
    case Type::null:
      return nullptr;
    case Type::boolean:
      return value.boolean();
    case Type::number:
      return number_json(value.number(), not_finite);
    case Type::string:
      return bj::string(value.string());
    case Type::array: {
      bj::array array;
      array.reserve(value.size());
      for (std::size_t i = 0; i < value.size(); ++i)
        array.push_back(to_json(value.at(i), not_finite));
      return array;
    }
    case Type::object: {
      bj::object object;
      object.reserve(value.member_count());
      for (const auto& [name, member] : value.members()) {
        if (member.defined()) object.emplace(name, to_json(member, not_finite));
      }
      return object;
    }
    case Type::function:
      throw NotJson();
  }
  return nullptr;
}

std::string stringify(const Value& value, bool indent) {
  Writer writer(indent);
  writer.write(value);
  return writer.take();
}

}  // namespace orch::jsonata
