#include "orchestrator/rest/query.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/utf8.h"
#include "orchestrator/rest/problem.h"

namespace orch::rest {
namespace {

constexpr std::size_t longest_shown = 100;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Unset where a "%" has no two digits, or what comes out is no text.
std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  const bool control = std::ranges::any_of(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (control || repaired(out) != out) return std::nullopt;
  return out;
}

std::vector<std::string_view> split(std::string_view text, char between) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(between);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_known(const std::string& name, const std::vector<Parameter>& known) {
  return std::ranges::find(known, std::string_view(name), &Parameter::name) != known.end();
}

[[noreturn]] void refuse_unknown_name(const std::string& name,
                                      const std::vector<Parameter>& known) {
  std::vector<std::string> names;
  for (const auto& each : known) names.emplace_back(each.name);
  throw Refused(http::Status::bad_request, "ORCH-0041",
                fmt::format("no parameter \"{}\"{}", repaired(name.substr(0, longest_shown)),
                            did_you_mean(name, names)),
                "/v1/openapi.json lists them");
}

}  // namespace

void refuse_parameter(std::string_view name, std::string_view value, const std::string& expected) {
  throw Refused(http::Status::bad_request, "ORCH-0041",
                fmt::format("{} is \"{}\": expected {}", name,
                            repaired(std::string(value.substr(0, longest_shown))), expected));
}

Query::Query(std::string_view text, const std::vector<Parameter>& known, Others others) {
  if (text.empty()) return;
  for (const auto part : split(text, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const auto name = decoded(part.substr(0, equals), true);
    const auto value =
        equals == std::string_view::npos ? std::string() : decoded(part.substr(equals + 1), true);
    if (!name || !value) refuse_parameter("the query", part, "UTF-8 with %XX for other bytes");
    if (!is_known(*name, known)) {
      if (others == Others::passed_over) continue;
      refuse_unknown_name(*name, known);
    }
    if (!values_.emplace(*name, *value).second) refuse_parameter(*name, *value, "it once");
  }
}

std::optional<std::string> Query::text(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::vector<std::string> Query::words(std::string_view name) const {
  std::vector<std::string> found;
  const auto value = text(name);
  if (!value) return found;
  for (const auto word : split(*value, ',')) found.emplace_back(word);
  return found;
}

std::optional<Instant> Query::time(std::string_view name) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto at = from_iso(*value);
  if (!at) refuse_parameter(name, *value, "a time as 2026-11-30T06:00:00Z");
  return at;
}

bool Query::flag(std::string_view name) const {
  const auto value = text(name);
  if (!value || *value == "false") return false;
  if (*value != "true") refuse_parameter(name, *value, "true or false");
  return true;
}

std::int64_t Query::integer(std::string_view name, std::int64_t otherwise,
                            std::int64_t most) const {
  const auto value = text(name);
  if (!value) return otherwise;
  std::int64_t number = -1;
  const auto* end = value->data() + value->size();
  const auto [stop, failed] = std::from_chars(value->data(), end, number);
  if (failed != std::errc{} || stop != end || number < 0 || number > most)
    refuse_parameter(name, *value, fmt::format("a number from 0 to {}", most));
  return number;
}

std::optional<std::vector<std::string>> path_parts(std::string_view path) {
  std::vector<std::string> parts;
  if (path.starts_with('/')) path.remove_prefix(1);
  for (const auto part : split(path, '/')) {
    auto text = decoded(part, false);
    if (!text) return std::nullopt;
    parts.push_back(std::move(*text));
  }
  return parts;
}

std::optional<PathValues> match(std::string_view route_path,
                                const std::vector<std::string>& parts) {
  const auto wanted = split(route_path.substr(1), '/');
  if (wanted.size() != parts.size()) return std::nullopt;
  PathValues values;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (wanted[i].starts_with('{')) {
      if (parts[i].empty()) return std::nullopt;
      values.emplace(wanted[i].substr(1, wanted[i].size() - 2), parts[i]);
    } else if (wanted[i] != parts[i]) {
      return std::nullopt;
    }
  }
  return values;
}

}  // namespace orch::rest
