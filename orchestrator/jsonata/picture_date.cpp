#include "orchestrator/jsonata/picture_date.h"

#include <array>
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/jsonata/calendar.h"
#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/number.h"
#include "orchestrator/jsonata/picture_integer.h"
#include "orchestrator/jsonata/regex.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata {
namespace {

constexpr std::array months = {"January",   "February", "March",    "April",
                               "May",       "June",     "July",     "August",
                               "September", "October",  "November", "December"};
constexpr std::array days = {"",         "Monday", "Tuesday",  "Wednesday",
                             "Thursday", "Friday", "Saturday", "Sunday"};
constexpr double latest = 8.64e15;  // a JavaScript Date goes so far from 1970, to either side
constexpr std::string_view iso_picture = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

/// One piece of a picture: text that stands for itself, or a component of the date.
struct Part {
  std::string literal;
  char component = 0;  ///< 0: a literal; '?': one that there is not
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

/// Null when there is no such component.
const char* default_presentation(std::string_view component) {
  switch (component.size() == 1 ? component[0] : 0) {
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
      return component.size() == 1 && is_one_of(component[0], "YMDdWwXxHhf") ? "1" : nullptr;
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
    std::size_t first = 0;
    if (!marker.empty()) next_character(marker, first);
    const auto specifier = marker.substr(0, first);
    Part part;
    part.component = default_presentation(specifier) ? specifier[0] : '?';
    auto presentation = marker.substr(first);
    if (const auto comma = presentation.rfind(','); comma != presentation.npos) {
      const auto widths = presentation.substr(comma + 1);
      const auto dash = widths.find('-');
      part.least_width = width(std::string_view(widths).substr(0, dash));
      if (dash != widths.npos) part.most_width = width(std::string_view(widths).substr(dash + 1));
      presentation.resize(comma);
    }
    if (presentation.empty()) {
      const auto* usual = default_presentation(specifier);
      if (!usual) throw Problem("D3132").value(text_value(specifier)).error();
      presentation = usual;
    } else if (presentation.size() > 1 && is_one_of(presentation.back(), "atco")) {
      part.modifier = presentation.back();
      presentation.pop_back();
    }
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
    if (part.least_width && format.form == IntegerPicture::Form::decimal)
      format.mandatory = std::max(format.mandatory, *part.least_width);
    if (part.component == 'Y') {
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

/// From UTC; not numbers when nothing has said so.
struct Offset {
  double hours = 0;
  double minutes = 0;
};

Offset offset_of(std::optional<std::string_view> timezone) {
  if (!timezone) return {};
  const auto number = leading_integer(*timezone);
  // The hours are rounded down and the minutes stay negative in the reference: -0530 is -06:30 to
  // it, and so to everybody who runs it.
  return {std::floor(number / 100), std::fmod(number, 100)};
}

std::string zone_text(const Part& part, Offset offset) {
  const auto both = offset.hours * 100 + offset.minutes;
  const auto& format = *part.integer;
  std::string text;
  if (format.regular > 0) {
    text = picture_integer(both, format);
  } else if (format.mandatory == 1 || format.mandatory == 2) {
    text = picture_integer(offset.hours, format);
    if (offset.minutes != 0) text += ":" + picture_integer(offset.minutes, "00");
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
  if (!is_one_of(part.component, "MxF"))
    throw Problem("D3133").value(text_value(std::string(1, part.component))).error();
  if (std::isnan(value)) return "undefined";
  std::string name;
  if (part.component == 'M' || part.component == 'x')
    name = months[static_cast<std::size_t>(value) - 1];
  else
    name = days[static_cast<std::size_t>(value)];
  if (part.name_case == IntegerPicture::Case::upper) name = in_upper_case(name);
  if (part.name_case == IntegerPicture::Case::lower) name = in_lower_case(name);
  if (part.most_width && name.size() > *part.most_width) name.resize(*part.most_width);
  return name;
}

std::string part_text(const Part& part, double millis, Offset offset) {
  if (part.component == 0) return part.literal;
  if (part.component == 'Z' || part.component == 'z') return zone_text(part, offset);
  if (part.component == 'C' || part.component == 'E') return "ISO";
  if (part.component == '?') return "undefined";
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
  if (part.component == 'f') return "[0-9]+";
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

/// Minutes. Those of a negative zone count forward in the reference: -05:30 is 270 minutes behind.
double read_zone(std::string_view text, const Part& part) {
  if (part.component == 'z') text.remove_prefix(3);
  if (part.integer->regular > 0) {
    const auto at = text.find(static_cast<char>(part.integer->separators.front().character));
    return leading_integer(text.substr(0, at)) * 60 + leading_integer(text.substr(at + 1));
  }
  if (text.size() <= 3) return leading_integer(text) * 60;
  return leading_integer(text.substr(0, 3)) * 60 + leading_integer(text.substr(3));
}

/// As it is written, capitals and all. Of names that share their beginning it is the last.
template <class Names>
std::optional<double> index_of_name(const Names& names, std::string_view text, const Part& part,
                                    double first) {
  for (auto i = names.size(); i-- > 0;) {
    std::string_view name = names[i];
    if (name.empty()) continue;
    if (part.most_width.value_or(0) > 0) name = name.substr(0, *part.most_width);
    if (name == text) return static_cast<double>(i) + first;
  }
  return std::nullopt;
}

std::optional<double> read_part(const std::string& text, const Part& part) {
  if (part.component == 'Z' || part.component == 'z') return read_zone(text, part);
  if (part.component == 'f') return read_number("0." + text.substr(0, 3)).value_or(0) * 1'000;
  if (part.integer) return read_integer(text, *part.integer);
  if (part.component == 'F') return index_of_name(days, text, part, 0);
  if (part.component != 'P') return index_of_name(months, text, part, 1);
  if (text == "am" || text == "AM") return 0;
  return text == "pm" || text == "PM" ? std::optional<double>(1) : std::nullopt;
}

using Components = std::map<char, double>;

/// Whether some of the components are allowed ones, and all that are there. One that is zero
/// counts as absent: such is the reference.
bool only(const Components& components, std::string_view among, std::string_view allowed) {
  bool any = false;
  for (const char component : among) {
    const auto found = components.find(component);
    if (found == components.end() || found->second == 0 || std::isnan(found->second)) continue;
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
    } else if (component != 'P') {  // the present half of the day is not taken over
      components[component] = component_of(now, component);
    }
  }
}

double instant_of(Components components, double now) {
  constexpr std::string_view date_components = "YXMxWwdD";
  constexpr std::string_view time_components = "PHhmsf";
  const bool by_day =
      !only(components, date_components, "YMD") && only(components, date_components, "Yd");
  const bool by_week = !by_day && (only(components, date_components, "Xxw") ||
                                   only(components, date_components, "XW"));
  const bool by_half_day =
      !only(components, time_components, "Hmsf") && only(components, time_components, "Phmsf");
  fill_in(components, std::string(by_day ? "YD" : "YMD") + (by_half_day ? "Phmsf" : "Hmsf"), now);
  if (by_week) throw Problem("D3136").error();
  const auto whole = [&](char component) { return std::trunc(components[component]); };
  auto year = whole('Y');
  if (year >= 0 && year <= 99) year += 1900;  // as Date.UTC() takes it
  double millis = 0;
  if (by_day) {
    millis = millis_of(year, 1, 1) + (components['d'] - 1) * day_millis;
  } else {
    // A month that is none is January.
    millis = millis_of(year, components['M'] > 0 ? whole('M') : 1, whole('D'));
  }
  if (by_half_day) {
    components['H'] = components['h'] == 12 ? 0 : components['h'];
    if (components['P'] == 1) components['H'] += 12;
  }
  millis += whole('H') * 3'600'000 + whole('m') * 60'000 + whole('s') * 1'000 + whole('f');
  if (!(std::abs(millis) <= latest)) return std::nan("");
  const auto zone =
      components['Z'] != 0 && !std::isnan(components['Z']) ? components['Z'] : components['z'];
  return zone == 0 || std::isnan(zone) ? millis : millis - zone * 60'000;
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
  const auto month = number(2, 1), day = number(3, 1);
  const auto time = number(4, 0) * 3'600'000 + number(5, 0) * 60'000 + number(6, 0) * 1'000 +
                    std::floor(number(7, 0) * 1'000 + 1e-6);
  if (month < 1 || month > 12 || day < 1 || day > 31 || time > day_millis) return std::nan("");
  const auto millis = millis_of(number(1, 1970), month, day) + time;
  const auto& zone = match->groups[7];
  if (!zone || *zone == "Z") return millis;
  const auto minutes =
      std::stod(zone->substr(1, 2)) * 60 + std::stod(zone->substr(zone->size() - 2));
  if (minutes >= 24 * 60) return std::nan("");
  return millis - (zone->starts_with('-') ? -minutes : minutes) * 60'000;
}

}  // namespace

std::string picture_date(double millis, std::optional<std::string_view> picture,
                         std::optional<std::string_view> timezone) {
  const auto parts = PictureReader(picture.value_or(iso_picture)).read();
  const auto offset = offset_of(timezone);
  auto local = millis + (offset.hours * 60 + offset.minutes) * 60'000;
  if (!(std::abs(local) <= latest)) local = std::nan("");
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
  bool any = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].component == 0) continue;
    any = true;
    if (const auto value = read_part(match->groups[i].value_or(""), parts[i]))
      components[parts[i].component] = *value;
    else
      components.erase(parts[i].component);
  }
  if (!any) return std::nullopt;
  return instant_of(std::move(components), now);
}

}  // namespace orch::jsonata
