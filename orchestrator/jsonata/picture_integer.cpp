#include "orchestrator/jsonata/picture_integer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/number.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata {
namespace {

constexpr std::array few = {"Zero",    "One",     "Two",       "Three",    "Four",
                            "Five",    "Six",     "Seven",     "Eight",    "Nine",
                            "Ten",     "Eleven",  "Twelve",    "Thirteen", "Fourteen",
                            "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"};
constexpr std::array ordinals = {
    "Zeroth",     "First",     "Second",    "Third",       "Fourth",     "Fifth",     "Sixth",
    "Seventh",    "Eighth",    "Ninth",     "Tenth",       "Eleventh",   "Twelfth",   "Thirteenth",
    "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth"};
constexpr std::array decades = {"Twenty", "Thirty",  "Forty",  "Fifty",
                                "Sixty",  "Seventy", "Eighty", "Ninety"};
constexpr std::array magnitudes = {"Thousand", "Million", "Billion", "Trillion"};

constexpr std::array romans = {std::pair{1000, "m"}, std::pair{900, "cm"}, std::pair{500, "d"},
                               std::pair{400, "cd"}, std::pair{100, "c"},  std::pair{90, "xc"},
                               std::pair{50, "l"},   std::pair{40, "xl"},  std::pair{10, "x"},
                               std::pair{9, "ix"},   std::pair{5, "v"},    std::pair{4, "iv"},
                               std::pair{1, "i"}};

// The zeros of Unicode's decimal digits.
constexpr std::array zeros = {0x30,   0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6,
                              0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0,
                              0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
                              0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900,
                              0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

std::string words(double number, bool behind, bool ordinal) {
  // The reference counts without end here.
  if (!std::isfinite(number)) throw Problem("D1011").error();
  const auto index = [](double value) { return static_cast<std::size_t>(value); };
  if (number <= 19)
    return std::string(behind ? " and " : "") + (ordinal ? ordinals : few)[index(number)];
  if (number < 100) {
    std::string text = std::string(behind ? " and " : "") + decades[index(number / 10) - 2];
    const auto rest = std::fmod(number, 10);
    if (rest > 0) return text + "-" + words(rest, false, ordinal);
    if (ordinal) text.replace(text.size() - 1, 1, "ieth");
    return text;
  }
  std::string text = behind ? ", " : "";
  double rest = 0;
  if (number < 1000) {
    text += std::string(few[index(number / 100)]) + " Hundred";
    rest = std::fmod(number, 100);
  } else {
    const auto magnitude = std::min(index(std::log10(number) / 3), magnitudes.size());
    const auto factor = std::pow(10, 3 * static_cast<double>(magnitude));
    const auto count = std::floor(number / factor);
    text += words(count, false, false) + " " + magnitudes[magnitude - 1];
    rest = number - count * factor;
  }
  if (rest > 0) return text + words(rest, true, ordinal);
  return ordinal ? text + "th" : text;
}

const std::unordered_map<std::string, double>& word_values() {
  static const auto values = [] {
    std::unordered_map<std::string, double> made;
    for (std::size_t i = 0; i < few.size(); ++i) {
      made[in_lower_case(few[i])] = static_cast<double>(i);
      made[in_lower_case(ordinals[i])] = static_cast<double>(i);
    }
    for (std::size_t i = 0; i < decades.size(); ++i) {
      auto name = in_lower_case(decades[i]);
      made[name] = static_cast<double>(10 * (i + 2));
      made[name.substr(0, name.size() - 1) + "ieth"] = static_cast<double>(10 * (i + 2));
    }
    made["hundred"] = made["hundredth"] = 100;
    double value = 1000;
    for (const auto* magnitude : magnitudes) {
      made[in_lower_case(magnitude)] = made[in_lower_case(magnitude) + "th"] = value;
      value *= 1000;
    }
    return made;
  }();
  return values;
}

/// Cuts off the next word of a number in words, and what separates it from the one behind it:
/// a comma with a blank, " and ", a blank, a hyphen or a backslash.
std::string_view next_word(std::string_view& text) {
  std::size_t at = 0;
  std::size_t skip = 0;
  for (; at < text.size() && skip == 0; ++at) {
    const auto rest = text.substr(at);
    const auto blank = [&](std::size_t i) { return i < rest.size() && rest[i] == ' '; };
    if (rest[0] == ',' && blank(1)) skip = 2;
    if (rest.starts_with(" and ")) skip = 5;
    if (skip == 0 && (rest[0] == ' ' || rest[0] == '-' || rest[0] == '\\')) skip = 1;
    if (skip > 0) break;
  }
  const auto word = text.substr(0, at);
  text = at + skip <= text.size() && skip > 0 ? text.substr(at + skip) : std::string_view();
  return word;
}

double read_words(std::string_view text) {
  std::vector<double> segments{0};
  const auto lower = in_lower_case(std::string(text));
  std::string_view rest = lower;
  // One that ends in a separator has an empty word behind it, which is no number.
  bool further = true;
  while (further) {
    const auto before = rest.size();
    const auto word = next_word(rest);
    further = before > word.size();
    const auto found = word_values().find(std::string(word));
    const auto value = found == word_values().end() ? std::nan("") : found->second;
    if (!(value < 100)) {
      segments.back() *= value;
    } else if (segments.back() >= 1000) {
      segments.push_back(value);
    } else {
      segments.back() += value;
    }
  }
  return std::accumulate(segments.begin(), segments.end(), 0.0);
}

// The reference makes one call a letter, and stops where its stack ends.
constexpr double longest_roman = 1e7;

std::string roman(double number) {
  if (number > longest_roman) throw Problem("D1011").error();
  std::string text;
  for (const auto& [value, letters] : romans) {
    for (; number >= value; number -= value) text += letters;
  }
  return text;
}

double read_roman(std::string_view text, bool upper) {
  double sum = 0;
  double highest = 1;
  for (auto at = text.size(); at-- > 0;) {
    auto digit = std::nan("");
    for (const auto& [value, letters] : romans) {
      const auto letter = upper ? letters[0] & ~0x20 : letters[0];
      const auto given = upper ? text[at] : text[at] | 0x20;
      if (letters[1] == 0 && given == letter) digit = value;
    }
    if (digit < highest) {
      sum -= digit;
    } else {
      highest = digit;
      sum += digit;
    }
  }
  return sum;
}

std::string in_letters(double number) {
  std::string text;
  while (number > 0 && std::isfinite(number)) {
    text += static_cast<char>('a' + static_cast<int>(std::fmod(number - 1, 26)));
    number = std::floor((number - 1) / 26);
  }
  std::reverse(text.begin(), text.end());
  return text;
}

// Whatever the characters are: the reference counts from the first letter, to either side.
double read_letters(std::string_view text, bool upper) {
  std::vector<char32_t> characters;
  for (std::size_t at = 0; at < text.size();) characters.push_back(next_character(text, at));
  double number = 0;
  double place = 0;
  for (auto c = characters.rbegin(); c != characters.rend(); ++c, ++place)
    number += (static_cast<double>(*c) - (upper ? 'A' : 'a') + 1) * std::pow(26, place);
  return number;
}

std::optional<char32_t> zero_of(char32_t character) {
  for (const auto zero : zeros) {
    const auto first = static_cast<char32_t>(zero);
    if (character >= first && character <= first + 9) return first;
  }
  return std::nullopt;
}

std::size_t regular_distance(const std::vector<IntegerPicture::Separator>& separators) {
  std::size_t factor = 0;
  for (const auto& separator : separators) {
    if (separator.character != separators.front().character) return 0;
    factor = std::gcd(factor, separator.position);
  }
  for (std::size_t i = 1; i <= separators.size(); ++i) {
    const bool there =
        std::any_of(separators.begin(), separators.end(),
                    [&](const auto& separator) { return separator.position == i * factor; });
    if (!there) return 0;
  }
  return factor;
}

void read_digits(IntegerPicture& made, std::string_view text) {
  std::vector<char32_t> characters;
  for (std::size_t at = 0; at < text.size();) characters.push_back(next_character(text, at));
  std::optional<char32_t> family;
  std::size_t position = 0;
  for (auto c = characters.rbegin(); c != characters.rend(); ++c) {
    if (const auto zero = zero_of(*c)) {
      if (family && *family != *zero) throw Problem("D3131").error();
      family = zero;
      ++made.mandatory;
      ++position;
    } else if (*c == '#') {
      ++made.optional;
      ++position;
    } else {
      made.separators.push_back({position, *c});
    }
  }
  if (!family) {
    made.form = IntegerPicture::Form::sequence;
    made.token = text;
    return;
  }
  made.zero = *family;
  made.regular = regular_distance(made.separators);
}

/// Where the reference cuts a text of this size: a negative index counts from its end.
std::size_t cut(std::size_t size, std::size_t from_end) {
  if (from_end <= size) return size - from_end;
  const auto beyond = from_end - size;
  return beyond < size ? size - beyond : 0;
}

void separate(std::u32string& text, const IntegerPicture& picture) {
  if (picture.regular > 0) {
    for (auto at = text.size(); at > picture.regular;) {
      at -= picture.regular;
      text.insert(at, 1, picture.separators.front().character);
    }
    return;
  }
  for (auto separator = picture.separators.rbegin(); separator != picture.separators.rend();
       ++separator) {
    // A separator that the number does not reach loses what stands before it.
    const auto place = cut(text.size(), separator->position);
    const bool reached = separator->position <= text.size();
    text = (reached ? text.substr(0, place) : std::u32string()) + separator->character +
           text.substr(place);
  }
}

const char* ordinal_suffix(const std::u32string& text) {
  if (text.size() > 1 && text[text.size() - 2] == '1') return "th";
  switch (text.empty() ? 0 : text.back()) {
    case '1':
      return "st";
    case '2':
      return "nd";
    case '3':
      return "rd";
    default:
      return "th";
  }
}

std::string decimal(double value, const IntegerPicture& picture) {
  auto digits = number_text(value);
  if (digits.size() < picture.mandatory)
    digits.insert(0, std::string(picture.mandatory - digits.size(), '0'));
  std::u32string text;
  for (const char c : digits) text += picture.zero + static_cast<char32_t>(c) - '0';
  separate(text, picture);
  std::string out;
  for (const auto c : text) append_character(out, c);
  return picture.ordinal ? out + ordinal_suffix(text) : out;
}

double read_decimal(std::string_view text, const IntegerPicture& picture) {
  if (picture.ordinal) text.remove_suffix(std::min<std::size_t>(text.size(), 2));
  std::string digits;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = next_character(text, at);
    const bool separates =
        picture.regular > 0
            ? c == ','
            : std::any_of(picture.separators.begin(), picture.separators.end(),
                          [&](const auto& separator) { return separator.character == c; });
    if (separates) continue;
    // One of another family of digits ends the number.
    const bool ours = picture.zero == '0' || (c >= picture.zero && c <= picture.zero + 9);
    append_character(digits, ours ? c - picture.zero + '0' : U'?');
  }
  return leading_integer(digits);
}

[[noreturn]] void refuse_sequence(const IntegerPicture& picture) {
  throw Problem("D3130").value(Value::text(picture.token)).error();
}

}  // namespace

std::string in_lower_case(std::string text) {
  for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return text;
}

std::string in_upper_case(std::string text) {
  for (auto& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
  return text;
}

IntegerPicture IntegerPicture::read(std::string_view picture) {
  IntegerPicture made;
  const auto semicolon = picture.rfind(';');
  const auto primary = picture.substr(0, semicolon);
  if (semicolon != picture.npos) made.ordinal = picture.substr(semicolon + 1).starts_with('o');
  if (primary == "A" || primary == "a") {
    made.form = Form::letters;
  } else if (primary == "I" || primary == "i") {
    made.form = Form::roman;
  } else if (primary == "W" || primary == "w" || primary == "Ww") {
    made.form = Form::words;
  } else {
    read_digits(made, primary);
    return made;
  }
  made.letters = primary == "Ww" ? Case::title : primary[0] <= 'Z' ? Case::upper : Case::lower;
  return made;
}

std::string picture_integer(double value, const IntegerPicture& picture) {
  const auto number = std::abs(value);
  std::string text;
  switch (picture.form) {
    case IntegerPicture::Form::decimal:
      text = decimal(number, picture);
      break;
    case IntegerPicture::Form::letters:
      text = in_letters(number);
      break;
    case IntegerPicture::Form::roman:
      text = roman(number);
      break;
    case IntegerPicture::Form::words:
      text = words(number, false, picture.ordinal);
      break;
    case IntegerPicture::Form::sequence:
      refuse_sequence(picture);
  }
  if (picture.form != IntegerPicture::Form::decimal) {
    if (picture.letters == IntegerPicture::Case::upper) text = in_upper_case(text);
    if (picture.letters == IntegerPicture::Case::lower) text = in_lower_case(text);
  }
  return value < 0 ? "-" + text : text;
}

std::string picture_integer(double value, std::string_view picture) {
  return picture_integer(value, IntegerPicture::read(picture));
}

double read_integer(std::string_view text, const IntegerPicture& picture) {
  const bool upper = picture.letters == IntegerPicture::Case::upper;
  switch (picture.form) {
    case IntegerPicture::Form::decimal:
      return read_decimal(text, picture);
    case IntegerPicture::Form::letters:
      return read_letters(text, upper);
    case IntegerPicture::Form::roman:
      return read_roman(text, upper);
    case IntegerPicture::Form::words:
      return read_words(text);
    case IntegerPicture::Form::sequence:
      refuse_sequence(picture);
  }
  return std::nan("");
}

double read_integer(std::string_view text, std::string_view picture) {
  return read_integer(text, IntegerPicture::read(picture));
}

std::string integer_pattern(const IntegerPicture& picture) {
  switch (picture.form) {
    case IntegerPicture::Form::decimal: {
      std::string pattern = "[0-9]";
      pattern += picture.exactly > 0 ? "{" + std::to_string(picture.exactly) + "}" : "+";
      return picture.ordinal ? pattern + "(?:th|st|nd|rd)" : pattern;
    }
    case IntegerPicture::Form::letters:
      return "[a-z]+";
    case IntegerPicture::Form::roman:
      return "[mdclxvi]+";
    case IntegerPicture::Form::words: {
      std::string pattern = "(?:and|[\\-, ]";
      for (const auto& [word, value] : word_values()) pattern += "|" + word;
      return pattern + ")+";
    }
    case IntegerPicture::Form::sequence:
      refuse_sequence(picture);
  }
  return "";
}

}  // namespace orch::jsonata
