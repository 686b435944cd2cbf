#include "orchestrator/asl/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <functional>
#include <type_traits>

namespace orch::asl {
namespace {

namespace bj = boost::json;

/// An int64 or uint64 against a double, without rounding the integer.
template <class Integer>
std::partial_ordering compare_mixed(Integer integer, double real) {
  constexpr double above_all = sizeof(Integer) * 8 == 64 && std::is_unsigned_v<Integer>
                                   ? 18446744073709551616.0
                                   : 9223372036854775808.0;
  if (std::isnan(real)) return std::partial_ordering::unordered;
  if (real >= above_all) return std::partial_ordering::less;
  if (real < (std::is_signed_v<Integer> ? -above_all : 0.0)) return std::partial_ordering::greater;
  const auto whole = std::trunc(real);
  const auto by_whole = integer <=> static_cast<Integer>(whole);
  return std::is_neq(by_whole) ? std::partial_ordering(by_whole) : whole <=> real;
}

std::partial_ordering reverse(std::partial_ordering order) {
  if (std::is_lt(order)) return std::partial_ordering::greater;
  return std::is_gt(order) ? std::partial_ordering::less : order;
}

std::partial_ordering compare_integers(const bj::value& a, const bj::value& b) {
  if (a.is_int64() && b.is_int64()) return a.get_int64() <=> b.get_int64();
  if (a.is_uint64() && b.is_uint64()) return a.get_uint64() <=> b.get_uint64();
  if (a.is_uint64()) return reverse(compare_integers(b, a));
  if (a.get_int64() < 0) return std::partial_ordering::less;
  return static_cast<std::uint64_t>(a.get_int64()) <=> b.get_uint64();
}

/// Java's Double.toString: decimal from 1e-3 up to 1e7, else d.dddE±n; always with a point.
std::string java_double(double value) {
  char buffer[64];
  const auto size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-3 && size < 1e7);
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr;
  std::string text(buffer, end);
  if (plain) return text.find('.') == std::string::npos ? text + ".0" : text;
  const auto e = text.find('e');
  auto mantissa = text.substr(0, e);
  if (mantissa.find('.') == std::string::npos) mantissa += ".0";
  int exponent = 0;
  const auto* digits = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(digits, text.data() + text.size(), exponent);
  return mantissa + 'E' + std::to_string(exponent);
}

void append(std::string& out, const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null:
      out += "null";
      break;
    case bj::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case bj::kind::int64:
      out += std::to_string(value.get_int64());
      break;
    case bj::kind::uint64:
      out += std::to_string(value.get_uint64());
      break;
    case bj::kind::double_:
      out += java_double(value.get_double());
      break;
    case bj::kind::string:
      out += view(value);
      break;
    case bj::kind::array: {
      out += '[';
      const char* separator = "";
      for (const auto& item : value.get_array()) {
        out += separator;
        append(out, item);
        separator = ", ";
      }
      out += ']';
      break;
    }
    case bj::kind::object: {
      out += '{';
      const char* separator = "";
      for (const auto& [key, member] : value.get_object()) {
        out.append(separator).append(key.data(), key.size()) += '=';
        append(out, member);
        separator = ", ";
      }
      out += '}';
      break;
    }
  }
}

bool equal_objects(const bj::object& a, const bj::object& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& member) {
           const auto* other = b.if_contains(member.key());
           return other != nullptr && equal(member.value(), *other);
         });
}

}  // namespace

std::partial_ordering compare_numbers(const bj::value& a, const bj::value& b) {
  if (a.is_double() && b.is_double()) return a.get_double() <=> b.get_double();
  if (a.is_double()) return reverse(compare_numbers(b, a));
  if (!b.is_double()) return compare_integers(a, b);
  if (a.is_int64()) return compare_mixed(a.get_int64(), b.get_double());
  return compare_mixed(a.get_uint64(), b.get_double());
}

std::optional<bj::value> to_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != text.npos) return std::nullopt;
  const auto* end = text.data() + text.size();
  std::int64_t integer = 0;
  if (const auto [stop, error] = std::from_chars(text.data(), end, integer);
      error == std::errc{} && stop == end)
    return bj::value(integer);
  double real = 0;
  if (const auto [stop, error] = std::from_chars(text.data(), end, real);
      error == std::errc{} && stop == end)
    return bj::value(real);
  return std::nullopt;
}

std::strong_ordering compare_text(std::string_view a, std::string_view b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_a == a.end() || in_b == b.end()) return a.size() <=> b.size();
  auto first = static_cast<unsigned char>(*in_a);
  auto second = static_cast<unsigned char>(*in_b);
  // U+E000..U+FFFF (lead bytes EE, EF) sort after the surrogates of U+10000 and above (F0..F4).
  if (first >= 0xEE && second >= 0xEE && (first >= 0xF0) != (second >= 0xF0))
    return second <=> first;
  return first <=> second;
}

bool equal(const bj::value& a, const bj::value& b) {
  if (a.is_number() && b.is_number()) return std::is_eq(compare_numbers(a, b));
  if (a.kind() != b.kind()) return false;
  if (a.is_object()) return equal_objects(a.get_object(), b.get_object());
  if (!a.is_array()) return a == b;
  const auto& left = a.get_array();
  const auto& right = b.get_array();
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), equal);
}

std::size_t hash(const bj::value& value) {
  if (value.is_number()) return std::hash<double>{}(value.to_number<double>());
  if (value.is_string()) return std::hash<std::string_view>{}(view(value));
  std::size_t sum = static_cast<std::size_t>(value.kind());
  if (value.is_bool()) return sum + (value.get_bool() ? 1 : 0);
  if (value.is_array())
    for (const auto& item : value.get_array()) sum = sum * 31 + hash(item);
  if (value.is_object())
    for (const auto& entry : value.get_object())  // in any order the same sum
      sum += std::hash<std::string_view>{}({entry.key().data(), entry.key().size()}) ^
             hash(entry.value());
  return sum;
}

std::string java_text(const bj::value& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace orch::asl
