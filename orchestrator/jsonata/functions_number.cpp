// Functions of numbers.
#include <algorithm>
#include <cmath>

#include "orchestrator/base/ascii.h"
#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/functions.h"
#include "orchestrator/jsonata/number.h"
#include "orchestrator/jsonata/picture_integer.h"
#include "orchestrator/jsonata/picture_number.h"
#include "orchestrator/jsonata/regex.h"

namespace orch::jsonata::functions {
namespace {

/// -?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?
bool is_decimal(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const auto start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > start;
  };
  if (!digits()) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

/// 0x1F, 0o17, 0b11.
std::optional<double> prefixed_number(std::string_view text) {
  if (text.size() < 3 || text[0] != '0') return std::nullopt;
  const char kind = static_cast<char>(text[1] | 0x20);
  const int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
  if (base == 0) return std::nullopt;
  double number = 0;
  for (const char c : text.substr(2)) {
    const char lower = static_cast<char>(c | 0x20);
    const int digit = is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
    if (digit >= base) return std::nullopt;
    number = number * base + digit;
  }
  return number;
}

/// The reference looks for one that begins with 0x, ends with 0b or has 0o anywhere; the rest may
/// then be no number.
bool looks_prefixed(std::string_view text) {
  static const auto pattern = Regex::compile("^0[xX][0-9A-Fa-f]|0[oO][0-7]|0[bB][01]+$", "", 0);
  return pattern->find(text, 0).has_value();
}

template <class Function>
Value of_number(const Arguments& arguments, Function function) {
  if (!arguments[0].defined()) return {};
  return Value(function(arguments[0].number()));
}

template <class Function>
Value over_all(const Value& numbers, double start, Function function) {
  auto result = start;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    result = function(result, numbers.at(i).number());
  return result;
}

}  // namespace

Value number(Evaluator&, Arguments& arguments, const Value&) {
  const auto& value = arguments[0];
  if (!value.defined() || value.is_number()) return value;
  if (value.is_boolean()) return value.boolean() ? 1.0 : 0.0;
  if (value.is_string()) {
    const auto text = value.string();
    const auto read = is_decimal(text) ? read_number(text) : prefixed_number(text);
    if (read && std::isfinite(*read)) return *read;
    if (!read && looks_prefixed(text)) return std::nan("");
  }
  throw Problem("D3030").value(value).index(1).error();
}

Value abs(Evaluator&, Arguments& arguments, const Value&) {
  return of_number(arguments, [](double n) { return std::abs(n); });
}

Value floor(Evaluator&, Arguments& arguments, const Value&) {
  return of_number(arguments, [](double n) { return std::floor(n); });
}

Value ceil(Evaluator&, Arguments& arguments, const Value&) {
  return of_number(arguments, [](double n) { return std::ceil(n); });
}

Value round(Evaluator&, Arguments& arguments, const Value&) {
  const auto precision = arguments[1].defined() ? arguments[1].number() : 0;
  return of_number(arguments, [&](double n) { return round_half_even(n, precision); });
}

Value sqrt(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  if (arguments[0].number() < 0) throw Problem("D3060").value(arguments[0]).index(1).error();
  return std::sqrt(arguments[0].number());
}

Value power(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  const auto result = std::pow(arguments[0].number(),
                               arguments[1].defined() ? arguments[1].number() : std::nan(""));
  if (!std::isfinite(result))
    throw Problem("D3061").value(arguments[0]).second(arguments[1]).index(1).error();
  return result;
}

Value sum(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  return over_all(arguments[0], 0, [](double a, double b) { return a + b; });
}

Value max(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined() || arguments[0].size() == 0) return {};
  return over_all(arguments[0], -HUGE_VAL, [](double a, double b) { return std::max(a, b); });
}

Value min(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined() || arguments[0].size() == 0) return {};
  return over_all(arguments[0], HUGE_VAL, [](double a, double b) { return std::min(a, b); });
}

Value average(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined() || arguments[0].size() == 0) return {};
  const auto total = over_all(arguments[0], 0, [](double a, double b) { return a + b; });
  return total.number() / static_cast<double>(arguments[0].size());
}

Value format_base(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  const auto radix = arguments[1].defined() ? round_half_even(arguments[1].number(), 0) : 10;
  if (radix < 2 || radix > 36) throw Problem("D3100").value(Value(radix)).error();
  return Value::text(in_base(round_half_even(arguments[0].number(), 0), static_cast<int>(radix)));
}

Value format_number(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  NumberSymbols symbols;
  if (arguments[2].is_object()) {
    for (const auto& [name, value] : arguments[2].members()) {
      if (value.is_string()) symbols.set(name, value.string());
    }
  }
  return Value::text(picture_number(arguments[0].number(), arguments[1].string(), symbols));
}

Value format_integer(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  return Value::text(picture_integer(std::floor(arguments[0].number()), arguments[1].string()));
}

Value parse_integer(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  return read_integer(arguments[0].string(), arguments[1].string());
}

}  // namespace orch::jsonata::functions
