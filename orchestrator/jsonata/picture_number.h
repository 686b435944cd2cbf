// Numbers by pictures, after XPath's format-number(). Internal to the module.
#pragma once

#include <string>
#include <string_view>

namespace orch::jsonata {

/// The characters of a picture and of what it makes; $formatNumber()'s third argument changes them.
struct NumberSymbols {
  void set(std::string_view name, std::string_view value);

  char32_t decimal_separator = '.';
  char32_t grouping_separator = ',';
  char32_t exponent_separator = 'e';
  char32_t minus_sign = '-';
  char32_t percent = '%';
  char32_t per_mille = 0x2030;
  char32_t zero_digit = '0';
  char32_t digit = '#';
  char32_t pattern_separator = ';';
  std::u32string percent_text = U"%";
  std::u32string per_mille_text = U"\u2030";
};

/// Throws Error D3080 to D3093.
std::string picture_number(double value, std::string_view picture, const NumberSymbols& symbols);

}  // namespace orch::jsonata
