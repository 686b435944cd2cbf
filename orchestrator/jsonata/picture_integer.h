// Whole numbers by pictures, after XPath's format-integer(). Internal to the module.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orch::jsonata {

/// A picture that has been read.
struct IntegerPicture {
  enum class Form : std::uint8_t { decimal, letters, roman, words, sequence };
  enum class Case : std::uint8_t { lower, upper, title };
  struct Separator {
    std::size_t position = 0;  ///< digits to the right of it
    char32_t character = 0;
  };

  /// Throws Error D3131.
  static IntegerPicture read(std::string_view picture);

  Form form = Form::decimal;
  Case letters = Case::lower;
  bool ordinal = false;
  char32_t zero = '0';
  std::size_t mandatory = 0;
  std::size_t optional = 0;
  std::size_t regular = 0;  ///< separators at every multiple of this; 0: as listed
  std::vector<Separator> separators;
  std::string token;        ///< of a sequence: what it would begin with
  std::size_t exactly = 0;  ///< reading: this many digits; 0: as many as there are
};

/// Throws Error D3130 for sequences, D1011 for numbers that would become too long.
std::string picture_integer(double value, const IntegerPicture& picture);
std::string picture_integer(double value, std::string_view picture);

/// Not a number when the text spells none. Throws Error D3130.
double read_integer(std::string_view text, const IntegerPicture& picture);
double read_integer(std::string_view text, std::string_view picture);

/// A regular expression (case-insensitive) for texts that read_integer() reads.
std::string integer_pattern(const IntegerPicture& picture);

std::string in_lower_case(std::string text);
std::string in_upper_case(std::string text);

}  // namespace orch::jsonata
