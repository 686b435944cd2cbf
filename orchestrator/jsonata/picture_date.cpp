#include "orchestrator/jsonata/picture_date.h"

#include <array>
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/jsonata/calendar.h"
#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/picture_integer.h"
#include "orchestrator/jsonata/regex.h"

namespace orch::jsonata {
namespace {

constexpr std::array months = {"January",   "February", "March",    "April",
                               "May",       "June",     "July",     "August",
                               "September", "October",  "November", "December"};
constexpr std::array days = {"",         "Monday", "Tuesday",  "Wednesday",
                             "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::string_view iso_picture = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

/// One piece of a picture: text that stands for itself, or a component of the date.
struct Part {
  std::string literal;
  char component = 0;  ///< 0: a literal
  std::string presentation;
  char modifier = 0;  ///< a, t, c or o behind the presentation
  bool names = false;
  IntegerPicture::Case name_case = IntegerPicture::Case::lower;
  std::optional<std::size_t> least_width;
  std::optional<std::size_t> most_width;
  std::optional<IntegerPicture> integer;
  int year_digits = -1;  ///< of Y: how many; -1: all
};

bool is_one_of(char c, std::string_view set) { return set.find(c) != set.npos; }

Value text_value(std::string text) { return Value::text(std::move(text)); }

const char* default_presentation(char component) {
  switch (component) {
    case 'F':
    case 'P':
    case 'C':
    case 'E':
      return "n";
    case 'm':
    case 's':
      return "01";
    case 'Z':
    case 'z':
      return "01:01";
    default:
      return is_one_of(component, "YMDdWwXxHhf") ? "1" : nullptr;
  }
}

std::optional<std::size_t> width(std::string_view text) {
  if (text.empty() || text == "*") return std::nullopt;
  std::size_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    number = std::min<std::size_t>(number * 10 + static_cast<std::size_t>(c - '0'), 1'000);
  }
  return number;
}

class PictureReader {
 public:
  explicit PictureReader(std::string_view picture) : picture_(picture) {}

  std::vector<Part> read() {
    std::size_t start = 0;
    std::size_t at = 0;
    while (at < picture_.size()) {
      if (picture_[at] != '[') {
        ++at;
        continue;
      }
      literal(start, at);
      if (picture_.substr(at, 2) == "[[") {
        parts_.emplace_back().literal = "[";
        at += 2;
        start = at;
        continue;
      }
      const auto end = picture_.find(']', at);
      if (end == picture_.npos) throw Problem("D3135").error();
      marker(picture_.substr(at + 1, end - at - 1));
      at = start = end + 1;
    }
    literal(start, at);
    return std::move(parts_);
  }

 private:
  void literal(std::size_t start, std::size_t end) {
    if (end <= start) return;
    std::string text(picture_.substr(start, end - start));
    for (auto at = text.find("]]"); at != text.npos; at = text.find("]]", at + 1))
      text.erase(at, 1);
    parts_.emplace_back().literal = std::move(text);
  }

  void marker(std::string_view text) {
    std::string marker;
    for (const char c : text) {
      if (!is_one_of(c, " \t\r\n")) marker += c;
    }
    Part part;
    part.component = marker.empty() ? ' ' : marker[0];
    auto presentation = marker.empty() ? std::string() : marker.substr(1);
    if (const auto comma = presentation.rfind(','); comma != presentation.npos) {
      const auto widths = presentation.substr(comma + 1);
      const auto dash = widths.find('-');
      part.least_width = width(std::string_view(widths).substr(0, dash));
      if (dash != widths.npos) part.most_width = width(std::string_view(widths).substr(dash + 1));
      presentation.resize(comma);
    }
    if (presentation.empty()) {
      const auto* usual = default_presentation(part.component);
      if (!usual) throw Problem("D3132").value(text_value(std::string(1, part.component))).error();
      presentation = usual;
    } else if (presentation.size() > 1 && is_one_of(presentation.back(), "atco")) {
      part.modifier = presentation.back();
      presentation.pop_back();
    }
    if (!default_presentation(part.component))
      throw Problem("D3132").value(text_value(std::string(1, part.component))).error();
    part.presentation = presentation;
    present(part);
    parts_.push_back(std::move(part));
  }

  void present(Part& part) {
    const auto& presentation = part.presentation;
    if (presentation[0] == 'n' || presentation[0] == 'N') {
      part.names = true;
      if (presentation[0] == 'N')
        part.name_case = presentation.size() > 1 && presentation[1] == 'n'
                             ? IntegerPicture::Case::title
                             : IntegerPicture::Case::upper;
    } else if (is_one_of(part.component, "YMDdFWwXxHhmsf")) {
      integer(part);
    }
    if (part.component == 'Z' || part.component == 'z')
      part.integer = IntegerPicture::read(presentation);
  }

  void integer(Part& part) {
    part.integer = IntegerPicture::read(part.modifier ? part.presentation + ";" + part.modifier
                                                      : part.presentation);
    auto& format = *part.integer;
    if (part.least_width) format.mandatory = std::max(format.mandatory, *part.least_width);
    if (is_one_of(part.component, "YMD")) {
      if (part.most_width) {
        part.year_digits = static_cast<int>(*part.most_width);
        format.mandatory = *part.most_width;
      } else if (format.mandatory + format.optional >= 2) {
        part.year_digits = static_cast<int>(format.mandatory + format.optional);
      }
    }
    // Two numbers without anything between them: the first one's width must be exact to be read.
    if (!parts_.empty() && parts_.back().integer)
      parts_.back().integer->exactly = parts_.back().integer->mandatory;
  }

  std::string_view picture_;
  std::vector<Part> parts_;
};

struct Offset {
  int hours = 0;
  int minutes = 0;
};

Offset offset_of(std::optional<std::string_view> timezone) {
  if (!timezone) return {};
  int number = 0;
  bool negative = false;
  for (std::size_t i = 0; i < timezone->size() && i < 8; ++i) {
    const char c = (*timezone)[i];
    if (i == 0 && (c == '+' || c == '-')) {
      negative = c == '-';
    } else if (c >= '0' && c <= '9') {
      number = number * 10 + (c - '0');
    } else {
      break;
    }
  }
  if (negative) number = -number;
  return {number / 100, number % 100};
}

std::string zone_text(const Part& part, Offset offset) {
  const auto both = static_cast<double>(offset.hours * 100 + offset.minutes);
  const auto& format = *part.integer;
  std::string text;
  if (format.regular > 0) {
    text = picture_integer(both, format);
  } else if (format.mandatory == 1 || format.mandatory == 2) {
    text = picture_integer(offset.hours, format);
    if (offset.minutes != 0) text += ":" + picture_integer(std::abs(offset.minutes), "00");
  } else if (format.mandatory == 3 || format.mandatory == 4) {
    text = picture_integer(both, format);
  } else {
    throw Problem("D3134").value(Value(static_cast<double>(format.mandatory))).error();
  }
  if (both >= 0) text = "+" + text;
  if (part.component == 'z') text = "GMT" + text;
  return both == 0 && part.modifier == 't' ? "Z" : text;
}

std::string name_text(const Part& part, double value) {
  std::string name;
  if (part.component == 'M' || part.component == 'x')
    name = months[static_cast<std::size_t>(value) - 1];
  else if (part.component == 'F')
    name = days[static_cast<std::size_t>(value)];
  else
    throw Problem("D3133").value(text_value(std::string(1, part.component))).error();
  if (part.name_case == IntegerPicture::Case::upper) name = in_upper_case(name);
  if (part.name_case == IntegerPicture::Case::lower) name = in_lower_case(name);
  if (part.most_width && name.size() > *part.most_width) name.resize(*part.most_width);
  return name;
}

std::string part_text(const Part& part, double millis, Offset offset) {
  if (part.component == 0) return part.literal;
  if (part.component == 'Z' || part.component == 'z') return zone_text(part, offset);
  if (part.component == 'C' || part.component == 'E') return "ISO";
  auto value = component_of(millis, part.component);
  if (part.component == 'P') {
    const std::string half = value == 1 ? "pm" : "am";
    return part.names && part.name_case == IntegerPicture::Case::upper ? in_upper_case(half) : half;
  }
  if (part.names) return name_text(part, value);
  if (part.component == 'Y' && part.year_digits != -1)
    value = std::fmod(value, std::pow(10, part.year_digits));
  return picture_integer(value, *part.integer);
}

/// The regular expression of one part, without its group.
std::string part_pattern(const Part& part) {
  if (part.component == 0) {
    std::string pattern;
    for (const char c : part.literal) {
      if (is_one_of(c, ".*+?^${}()|[]\\")) pattern += '\\';
      pattern += c;
    }
    return pattern;
  }
  if (part.component == 'Z' || part.component == 'z') {
    std::string pattern = part.component == 'z' ? "GMT[-+][0-9]+" : "[-+][0-9]+";
    if (part.integer->regular > 0) {
      pattern += '\\';
      pattern += static_cast<char>(part.integer->separators.front().character);
      pattern += "[0-9]+";
    }
    return pattern;
  }
  if (part.integer) return integer_pattern(*part.integer);
  if (!is_one_of(part.component, "MxFP"))
    throw Problem("D3133").value(text_value(std::string(1, part.component))).error();
  return "[a-zA-Z]+";
}

/// Minutes.
double read_zone(std::string_view text, const Part& part) {
  if (part.component == 'z') text.remove_prefix(3);
  const auto number = [](std::string_view digits) {
    double value = 0;
    for (const char c : digits) {
      if (c >= '0' && c <= '9') value = value * 10 + (c - '0');
    }
    return digits.starts_with('-') ? -value : value;
  };
  double hours = 0;
  double minutes = 0;
  if (part.integer->regular > 0) {
    const auto at = text.find(static_cast<char>(part.integer->separators.front().character));
    hours = number(text.substr(0, at));
    minutes = number(text.substr(at + 1));
  } else if (text.size() <= 3) {
    hours = number(text);
  } else {
    hours = number(text.substr(0, 3));
    minutes = number(text.substr(3));
  }
  return hours * 60 + (text.starts_with('-') ? -minutes : minutes);
}

template <class Names>
std::optional<double> index_of_name(const Names& names, const std::string& text, const Part& part,
                                    double first) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string name = names[i];
    if (name.empty()) continue;
    if (part.most_width && name.size() > *part.most_width) name.resize(*part.most_width);
    if (in_lower_case(name) == in_lower_case(text)) return static_cast<double>(i) + first;
  }
  return std::nullopt;
}

std::optional<double> read_part(const std::string& text, const Part& part) {
  if (part.component == 'Z' || part.component == 'z') return read_zone(text, part);
  if (part.integer) return read_integer(text, *part.integer);
  if (part.component == 'F') return index_of_name(days, text, part, 0);
  if (part.component == 'P') {
    const auto half = in_lower_case(text);
    if (half == "am") return 0;
    return half == "pm" ? std::optional<double>(1) : std::nullopt;
  }
  return index_of_name(months, text, part, 1);
}

using Components = std::map<char, double>;

bool only(const Components& components, std::string_view among, std::string_view allowed) {
  bool any = false;
  for (const char component : among) {
    if (!components.contains(component)) continue;
    if (!is_one_of(component, allowed)) return false;
    any = true;
  }
  return any;
}

/// Components above the first one given are the present ones, those below the last are the least.
void fill_in(Components& components, std::string_view order, double now) {
  bool started = false;
  bool ended = false;
  for (const char component : order) {
    if (components.contains(component)) {
      started = true;
      if (ended) throw Problem("D3136").error();
    } else if (started) {
      components[component] = is_one_of(component, "MDd") ? 1 : 0;
      ended = true;
    } else {
      components[component] = component_of(now, component);
    }
  }
}

double instant_of(Components components, double now) {
  constexpr std::string_view date_components = "YXMxWwdD";
  constexpr std::string_view time_components = "PHhmsf";
  const bool by_date = only(components, date_components, "YMD");
  const bool by_day = !by_date && only(components, date_components, "Yd");
  const bool by_week =
      only(components, date_components, "Xxw") || only(components, date_components, "XW");
  const bool by_hour = only(components, time_components, "Hmsf");
  const bool by_half_day = !by_hour && only(components, time_components, "Phmsf");
  const std::string order = std::string(by_day    ? "YD"
                                        : by_week ? "XwF"
                                                  : "YMD") +
                            (by_half_day ? "Phmsf" : "Hmsf");
  fill_in(components, order, now);
  if (by_week) throw Problem("D3136").error();
  auto year = components['Y'];
  if (year >= 0 && year <= 99) year += 1900;  // as Date.UTC() takes it
  double millis = 0;
  if (by_day) {
    millis = millis_of(year, 1, 1) + (components['d'] - 1) * day_millis;
  } else {
    millis = millis_of(year, std::max(components['M'], 1.0), components['D']);
  }
  if (by_half_day) {
    components['H'] = components['h'] == 12 ? 0 : components['h'];
    if (components['P'] == 1) components['H'] += 12;
  }
  millis += components['H'] * 3'600'000 + components['m'] * 60'000 + components['s'] * 1'000 +
            components['f'];
  const auto zone = components.contains('Z')   ? components['Z']
                    : components.contains('z') ? components['z']
                                               : 0;
  return millis - zone * 60'000;
}

std::optional<double> read_iso(std::string_view text) {
  static const auto pattern = Regex::compile(
      "^(\\d{4})(?:-([01]\\d))?(?:-([0-3]\\d))?(?:T([0-2]\\d):([0-5]\\d):([0-5]\\d))?"
      "(\\.\\d+)?([+-][0-2]\\d:?[0-5]\\d|Z)?$",
      "", 0);
  const auto match = pattern->find(text, 0);
  if (!match) throw Problem("D3110").value(text_value(std::string(text))).error();
  const auto number = [&](std::size_t group, double missing) {
    const auto& found = match->groups[group - 1];
    return found ? std::stod(*found) : missing;
  };
  auto millis = millis_of(number(1, 1970), number(2, 1), number(3, 1)) + number(4, 0) * 3'600'000 +
                number(5, 0) * 60'000 + number(6, 0) * 1'000 +
                std::floor(number(7, 0) * 1'000 + 1e-6);
  const auto& zone = match->groups[7];
  if (!zone || *zone == "Z") return millis;
  const auto minutes =
      std::stod(zone->substr(1, 2)) * 60 + std::stod(zone->substr(zone->size() - 2));
  return millis - (zone->starts_with('-') ? -minutes : minutes) * 60'000;
}

}  // namespace

std::string picture_date(double millis, std::optional<std::string_view> picture,
                         std::optional<std::string_view> timezone) {
  const auto parts = PictureReader(picture.value_or(iso_picture)).read();
  const auto offset = offset_of(timezone);
  const auto local = millis + (offset.hours * 60 + offset.minutes) * 60'000.0;
  std::string text;
  for (const auto& part : parts) text += part_text(part, local, offset);
  return text;
}

std::optional<double> read_date(std::string_view text, std::optional<std::string_view> picture,
                                double now) {
  if (!picture) return read_iso(text);
  const auto parts = PictureReader(*picture).read();
  std::string pattern = "^";
  for (const auto& part : parts) pattern += "(" + part_pattern(part) + ")";
  const auto match = Regex::compile(pattern + "$", "i", 0)->find(text, 0);
  if (!match) return std::nullopt;
  Components components;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].component == 0 || !match->groups[i]) continue;
    if (const auto value = read_part(*match->groups[i], parts[i]))
      components[parts[i].component] = *value;
  }
  if (components.empty()) return std::nullopt;
  return instant_of(std::move(components), now);
}

}  // namespace orch::jsonata
