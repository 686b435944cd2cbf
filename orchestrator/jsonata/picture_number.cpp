#include "orchestrator/jsonata/picture_number.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/number.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata {
namespace {

using Text = std::u32string;

constexpr auto none = Text::npos;

Text wide(std::string_view text) {
  Text out;
  for (std::size_t at = 0; at < text.size();) out += next_character(text, at);
  return out;
}

std::string narrow(const Text& text) {
  std::string out;
  for (const auto c : text) append_character(out, c);
  return out;
}

/// One of the two halves of a picture.
struct SubPicture {
  Text whole;
  Text prefix;
  Text suffix;
  Text active;
  Text mantissa;
  std::optional<Text> exponent;
  Text integer;
  Text fraction;

  // What follows from them:
  std::vector<std::size_t> integer_groups;   ///< digits to the right of each separator
  std::size_t regular_group = 0;             ///< the distance, when it is the same everywhere
  std::vector<std::size_t> fraction_groups;  ///< digits to the left of each separator
  std::size_t least_integer = 0;
  std::size_t scale = 0;
  std::size_t least_fraction = 0;
  std::size_t most_fraction = 0;
  std::size_t least_exponent = 0;
};

class Picture {
 public:
  explicit Picture(const NumberSymbols& symbols) : symbols_(symbols) {}

  SubPicture read(Text text) const {
    auto part = split(std::move(text));
    validate(part);
    analyse(part);
    return part;
  }

 private:
  bool is_digit(char32_t c) const {
    return c >= symbols_.zero_digit && c < symbols_.zero_digit + 10;
  }
  bool is_active(char32_t c) const {
    return is_digit(c) || c == symbols_.decimal_separator || c == symbols_.exponent_separator ||
           c == symbols_.grouping_separator || c == symbols_.digit ||
           c == symbols_.pattern_separator;
  }
  bool is_place(char32_t c) const { return is_digit(c) || c == symbols_.digit; }
  std::size_t digits(const Text& text) const {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [this](char32_t c) { return is_digit(c); }));
  }
  std::size_t places(const Text& text) const {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [this](char32_t c) { return is_place(c); }));
  }

  SubPicture split(Text text) const {
    SubPicture part;
    const auto ends = [this](char32_t c) {
      return is_active(c) && c != symbols_.exponent_separator;
    };
    const auto first = std::find_if(text.begin(), text.end(), ends);
    const auto last = std::find_if(text.rbegin(), text.rend(), ends).base();
    if (first != text.end()) {
      part.prefix.assign(text.begin(), first);
      part.suffix.assign(last, text.end());
    }
    part.active =
        text.substr(part.prefix.size(), text.size() - part.prefix.size() - part.suffix.size());
    // One right behind the active part counts, though nothing can follow it there. Its place is
    // that in the whole picture, from which the reference forgets to take the prefix.
    const auto exponent = text.find(symbols_.exponent_separator, part.prefix.size());
    part.mantissa = part.active;
    if (exponent != none && exponent <= text.size() - part.suffix.size()) {
      part.mantissa = part.active.substr(0, exponent);
      part.exponent = part.active.substr(std::min(exponent + 1, part.active.size()));
    }
    const auto point = part.mantissa.find(symbols_.decimal_separator);
    part.integer = part.mantissa.substr(0, point);
    if (point != none) part.fraction = part.mantissa.substr(point + 1);
    part.whole = std::move(text);
    return part;
  }

  void validate(const SubPicture& part) const {
    const auto& text = part.whole;
    const auto twice = [&](char32_t c) { return text.find(c) != text.rfind(c); };
    const auto holds = [&](char32_t c) { return text.find(c) != none; };
    const auto point = text.find(symbols_.decimal_separator);
    const auto group = symbols_.grouping_separator;
    const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : char32_t{0}; };
    const char* problem = nullptr;
    const auto check = [&](bool wrong, const char* code) { problem = wrong ? code : problem; };
    const auto optional = part.integer.find(symbols_.digit);
    const auto last_optional = part.fraction.rfind(symbols_.digit);
    const bool scaled = holds(symbols_.percent) || holds(symbols_.per_mille);
    check(twice(symbols_.decimal_separator), "D3081");
    check(twice(symbols_.percent), "D3082");
    check(twice(symbols_.per_mille), "D3083");
    check(holds(symbols_.percent) && holds(symbols_.per_mille), "D3084");
    check(places(part.mantissa) == 0, "D3085");
    check(std::any_of(part.active.begin(), part.active.end(),
                      [this](char32_t c) { return !is_active(c); }),
          "D3086");
    if (point != none)
      check((point > 0 && at(point - 1) == group) || at(point + 1) == group, "D3087");
    else
      check(!part.integer.empty() && part.integer.back() == group, "D3088");
    check(text.find(Text(2, group)) != none, "D3089");
    check(optional != none && digits(part.integer.substr(0, optional)) > 0, "D3090");
    check(last_optional != none && digits(part.fraction.substr(last_optional)) > 0, "D3091");
    check(part.exponent && !part.exponent->empty() && scaled, "D3092");
    check(
        part.exponent && (part.exponent->empty() || digits(*part.exponent) < part.exponent->size()),
        "D3093");
    if (problem) throw Problem(problem).value(Value::text(narrow(text))).error();
  }

  void analyse(SubPicture& part) const {
    for (auto at = part.integer.find(symbols_.grouping_separator); at != none;
         at = part.integer.find(symbols_.grouping_separator, at + 1))
      part.integer_groups.push_back(places(part.integer.substr(at)));
    // After the first one the reference keeps looking in the integer part.
    for (auto at = part.fraction.find(symbols_.grouping_separator); at != none;
         at = part.integer.find(symbols_.grouping_separator, at + 1))
      part.fraction_groups.push_back(places(part.fraction.substr(0, at)));
    part.regular_group = regular(part.integer_groups);
    part.least_integer = part.scale = digits(part.integer);
    part.least_fraction = digits(part.fraction);
    part.most_fraction = places(part.fraction);
    if (part.least_integer == 0 && part.most_fraction == 0) {
      if (part.exponent)
        part.least_fraction = part.most_fraction = 1;
      else
        part.least_integer = 1;
    }
    if (part.exponent && part.least_integer == 0 && part.integer.find(symbols_.digit) != none)
      part.least_integer = 1;
    if (part.least_integer == 0 && part.least_fraction == 0) part.least_fraction = 1;
    if (part.exponent) part.least_exponent = digits(*part.exponent);
  }

  static std::size_t regular(const std::vector<std::size_t>& positions) {
    if (positions.empty()) return 0;
    std::size_t factor = 0;
    for (const auto position : positions) factor = std::gcd(factor, position);
    for (std::size_t i = 1; i <= positions.size(); ++i) {
      if (std::find(positions.begin(), positions.end(), i * factor) == positions.end()) return 0;
    }
    return factor;
  }

  const NumberSymbols& symbols_;
};

class Formatter {
 public:
  Formatter(const NumberSymbols& symbols, const SubPicture& part)
      : symbols_(symbols), part_(part) {}

  /// Throws Error D1001 for an infinite number that needs an exponent.
  Text format(double value) const {
    auto number = std::abs(value);
    if (part_.whole.find(symbols_.percent) != none)
      number *= 100;
    else if (part_.whole.find(symbols_.per_mille) != none)
      number *= 1000;
    int exponent = 0;
    if (part_.least_exponent > 0 && number != 0) {
      if (!std::isfinite(number)) throw Problem("D1001").value(Value(number)).error();
      const auto most = std::pow(10, static_cast<double>(part_.scale));
      const auto least = std::pow(10, static_cast<double>(part_.scale) - 1);
      for (; number < least; --exponent) number *= 10;
      for (; number > most; ++exponent) number /= 10;
    }
    auto text = digits_of(round_half_even(number, static_cast<double>(part_.most_fraction)),
                          part_.most_fraction);
    pad(text);
    group(text);
    if (part_.whole.find(symbols_.decimal_separator) == none ||
        text.find(symbols_.decimal_separator) + 1 == text.size())
      text.pop_back();
    if (part_.least_exponent > 0) append_exponent(text, exponent);
    return part_.prefix + text + part_.suffix;
  }

 private:
  /// With a decimal separator, always.
  Text digits_of(double number, std::size_t decimals) const {
    auto plain =
        std::abs(number) < 1e21 ? fmt::format("{:.{}f}", number, decimals) : number_text(number);
    if (plain.find('.') == plain.npos) plain += '.';
    Text text;
    bool point = false;
    for (const char c : plain) {
      if (c == '.' && !std::exchange(point, true))
        text += symbols_.decimal_separator;
      else if (c >= '0' && c <= '9')
        text += symbols_.zero_digit + static_cast<char32_t>(c - '0');
      else
        text += static_cast<char32_t>(c);
    }
    return text;
  }

  void pad(Text& text) const {
    const auto zero = symbols_.zero_digit;
    text.erase(0, std::min(text.find_first_not_of(zero), text.size()));
    text.erase(text.find_last_not_of(zero) + 1);
    auto point = text.find(symbols_.decimal_separator);
    if (point < part_.least_integer) text.insert(0, Text(part_.least_integer - point, zero));
    point = text.find(symbols_.decimal_separator);
    const auto behind = text.size() - point - 1;
    if (behind < part_.least_fraction) text.append(part_.least_fraction - behind, zero);
  }

  /// Puts a separator at the place, which counts from the end when it is negative, as slice() has
  /// it.
  void insert_separator(Text& text, std::ptrdiff_t place) const {
    const auto size = static_cast<std::ptrdiff_t>(text.size());
    if (place < 0) place = std::max<std::ptrdiff_t>(place + size, 0);
    text.insert(static_cast<std::size_t>(std::min(place, size)), 1, symbols_.grouping_separator);
  }

  void group(Text& text) const {
    auto point = static_cast<std::ptrdiff_t>(text.find(symbols_.decimal_separator));
    if (part_.regular_group > 0) {
      const auto distance = static_cast<std::ptrdiff_t>(part_.regular_group);
      for (auto at = point - distance; at > 0; at -= distance) insert_separator(text, at);
    } else {
      for (const auto position : part_.integer_groups)
        insert_separator(text, point++ - static_cast<std::ptrdiff_t>(position));
    }
    point = static_cast<std::ptrdiff_t>(text.find(symbols_.decimal_separator));
    for (const auto position : part_.fraction_groups)
      insert_separator(text, static_cast<std::ptrdiff_t>(position) + point + 1);
  }

  void append_exponent(Text& text, int exponent) const {
    auto digits = digits_of(std::abs(exponent), 0);
    digits.pop_back();
    if (digits.size() < part_.least_exponent)
      digits.insert(0, Text(part_.least_exponent - digits.size(), symbols_.zero_digit));
    text += symbols_.exponent_separator;
    if (exponent < 0) text += symbols_.minus_sign;
    text += digits;
  }

  const NumberSymbols& symbols_;
  const SubPicture& part_;
};

/// Replaces the characters that mark percent and per mille by their texts.
void spell(Text& text, char32_t mark, const Text& spelled) {
  const auto at = text.find(mark);
  if (at != none) text.replace(at, 1, spelled);
}

}  // namespace

void NumberSymbols::set(std::string_view name, std::string_view value) {
  if (value.empty()) return;
  const auto text = wide(value);
  const std::array characters = {std::pair{"decimal-separator", &decimal_separator},
                                 std::pair{"grouping-separator", &grouping_separator},
                                 std::pair{"exponent-separator", &exponent_separator},
                                 std::pair{"minus-sign", &minus_sign},
                                 std::pair{"percent", &percent},
                                 std::pair{"per-mille", &per_mille},
                                 std::pair{"zero-digit", &zero_digit},
                                 std::pair{"digit", &digit},
                                 std::pair{"pattern-separator", &pattern_separator}};
  for (const auto& [known, place] : characters) {
    if (name == known) *place = text.front();
  }
  if (name == "percent") percent_text = text;
  if (name == "per-mille") per_mille_text = text;
}

std::string picture_number(double value, std::string_view picture, const NumberSymbols& symbols) {
  auto rest = wide(picture);
  // A symbol may be longer than a character; inside a picture its first character stands for it.
  for (const auto* spelled : {&symbols.percent_text, &symbols.per_mille_text}) {
    const auto at = spelled->size() > 1 ? rest.find(*spelled) : none;
    if (at != none) rest.replace(at, spelled->size(), 1, spelled->front());
  }
  std::vector<Text> halves;
  for (auto at = rest.find(symbols.pattern_separator); at != none;
       at = rest.find(symbols.pattern_separator)) {
    halves.push_back(rest.substr(0, at));
    rest.erase(0, at + 1);
  }
  halves.push_back(std::move(rest));
  if (halves.size() > 2) throw Problem("D3080").error();
  const Picture reader(symbols);
  auto part = reader.read(halves.front());
  if (value < 0 && halves.size() == 2)
    part = reader.read(halves.back());
  else if (halves.size() == 2)
    reader.read(halves.back());
  if (value < 0 && halves.size() == 1) part.prefix.insert(0, 1, symbols.minus_sign);
  auto text = Formatter(symbols, part).format(value);
  spell(text, symbols.percent, symbols.percent_text);
  spell(text, symbols.per_mille, symbols.per_mille_text);
  return narrow(text);
}

}  // namespace orch::jsonata
