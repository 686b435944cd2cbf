#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/json/strict.h"
#include "orchestrator/json/text.h"
#include "orchestrator/yaml/resolve.h"
#include "orchestrator/yaml/source.h"
#include "orchestrator/yaml/yaml.h"

namespace orch::yaml {
namespace {

constexpr std::size_t most_text = std::size_t{1} << 20;   // the service's limit of a definition
constexpr std::size_t most_bytes = std::size_t{8} << 20;  // of JSON

std::string_view text_of(const yaml_char_t* text) { return reinterpret_cast<const char*>(text); }

/// The JSON of an anchor's value, and the places inside of it. Unset JSON: it is being read.
struct Anchored {
  std::optional<std::string> json;
  std::size_t depth = 0;  ///< levels below it
};

class Converter {
 public:
  explicit Converter(std::string_view text) : source_(text) {}

  Converted document() {
    take(YAML_STREAM_START_EVENT);
    Event start;
    source_.next(start);
    if (start->type == YAML_STREAM_END_EVENT) refuse(start, "it holds no document");
    Event first;
    source_.next(first);
    value(first, "", 0);
    take(YAML_DOCUMENT_END_EVENT);
    Event last;
    source_.next(last);
    if (last->type != YAML_STREAM_END_EVENT)
      refuse(last, "a second document begins", "one file is one document: leave out the \"---\"");
    return {std::move(out_), std::move(places_)};
  }

 private:
  [[noreturn]] void refuse(const Event& at, const std::string& why, std::string hint = {}) const {
    throw SyntaxError(why, std::move(hint), source_.lines().place(at->start_mark));
  }

  void take(yaml_event_type_t expected) {
    Event event;
    source_.next(event);
    if (event->type != expected) refuse(event, "it is not YAML");
  }

  /// Appends the value that begins with `event`; returns how many levels are in it.
  std::size_t value(const Event& event, const std::string& pointer, std::size_t depth) {
    if (out_.size() > most_bytes)
      refuse(event, "the document becomes too large",
             "aliases may make 8 MiB of JSON of it at most");
    places_.try_emplace(pointer, source_.lines().place(event->start_mark));
    if (event->type == YAML_ALIAS_EVENT) return alias(event, depth);
    if (depth == json::max_depth) refuse(event, "it is nested too deeply");
    const auto anchor = anchor_of(event);
    const auto begin = out_.size();
    std::size_t levels = 0;
    if (event->type == YAML_SCALAR_EVENT)
      scalar(event);
    else if (event->type == YAML_SEQUENCE_START_EVENT)
      levels = 1 + sequence(pointer, depth);
    else
      levels = 1 + mapping(pointer, depth);
    if (!anchor.empty()) anchors_[anchor] = {out_.substr(begin), levels};
    return levels;
  }

  /// Registers the anchor, if there is one, and refuses tags.
  std::string anchor_of(const Event& event) {
    const yaml_char_t* anchor = nullptr;
    const yaml_char_t* tag = nullptr;
    if (event->type == YAML_SCALAR_EVENT) {
      anchor = event->data.scalar.anchor;
      tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
      anchor = event->data.sequence_start.anchor;
      tag = event->data.sequence_start.tag;
    } else {
      anchor = event->data.mapping_start.anchor;
      tag = event->data.mapping_start.tag;
    }
    if (tag)
      refuse(event, fmt::format("the tag {} has no meaning here", text_of(tag)),
             "write the value itself; --define NAME=VALUE fills in ${NAME}");
    if (!anchor) return {};
    std::string name(text_of(anchor));
    anchors_[name] = {};
    return name;
  }

  std::size_t alias(const Event& event, std::size_t depth) {
    const std::string name(text_of(event->data.alias.anchor));
    const auto found = anchors_.find(name);
    if (found == anchors_.end()) refuse(event, fmt::format("there is no anchor &{}", name));
    const auto& [json, levels] = found->second;
    if (!json) refuse(event, fmt::format("the alias *{} is inside its own anchor", name));
    if (depth + levels > json::max_depth) refuse(event, "it is nested too deeply");
    if (out_.size() + json->size() > most_bytes)
      refuse(event, "the document becomes too large",
             "aliases may make 8 MiB of JSON of it at most");
    out_ += *json;
    return levels;
  }

  std::string_view scalar_text(const Event& event) const {
    return {reinterpret_cast<const char*>(event->data.scalar.value), event->data.scalar.length};
  }

  void scalar(const Event& event) {
    const auto text = scalar_text(event);
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
      try {
        if (const auto resolved = resolve_plain(text)) {
          json::parse_strict(*resolved);
          out_ += *resolved;
          return;
        }
      } catch (const std::domain_error& error) {
        refuse(event, error.what());
      } catch (const json::SyntaxError&) {
        refuse(event, fmt::format("the number {} does not fit 64 bits", text));
      }
    }
    json::append_string(out_, text);
  }

  std::size_t sequence(const std::string& pointer, std::size_t depth) {
    std::size_t levels = 0;
    out_ += '[';
    for (std::size_t index = 0;; ++index) {
      Event item;
      source_.next(item);
      if (item->type == YAML_SEQUENCE_END_EVENT) break;
      if (index > 0) out_ += ',';
      levels = std::max(levels, value(item, fmt::format("{}/{}", pointer, index), depth + 1));
    }
    out_ += ']';
    return levels;
  }

  std::size_t mapping(const std::string& pointer, std::size_t depth) {
    std::size_t levels = 0;
    std::set<std::string, std::less<>> names;
    out_ += '{';
    while (true) {
      Event key;
      source_.next(key);
      if (key->type == YAML_MAPPING_END_EVENT) break;
      const auto name = key_of(key);
      if (!names.insert(name).second) refuse(key, fmt::format("duplicate key \"{}\"", name));
      if (names.size() > 1) out_ += ',';
      json::append_string(out_, name);
      out_ += ':';
      const auto place = fmt::format("{}/{}", pointer, json::pointer_token(name));
      places_.try_emplace(place, source_.lines().place(key->start_mark));
      Event member;
      source_.next(member);
      levels = std::max(levels, value(member, place, depth + 1));
    }
    out_ += '}';
    return levels;
  }

  /// Keys of JSON are texts: `1` and `yes` are as they are spelled.
  std::string key_of(const Event& key) {
    if (key->type != YAML_SCALAR_EVENT) refuse(key, "a key must be a text");
    if (const auto anchor = anchor_of(key); !anchor.empty())
      refuse(key, fmt::format("the anchor &{} is on a key", anchor), "put it on a value");
    const bool plain = key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    std::string name(scalar_text(key));
    if (plain && name.empty()) refuse(key, "a key must be a text");
    if (plain && name == "<<")
      refuse(key, "YAML 1.2 has no merge keys", "write the members themselves");
    return name;
  }

  Source source_;
  std::string out_;
  Places places_;
  std::map<std::string, Anchored, std::less<>> anchors_;
};

std::optional<Converted> as_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos || text[first] != '{') return std::nullopt;
  try {
    json::parse_strict(text);
    return Converted{std::string(text), {}};
  } catch (const json::SyntaxError&) {
    return std::nullopt;  // flow style, or a mistake that YAML tells the place of
  }
}

/// What libyaml takes for ends of lines and YAML 1.2 does not.
void check_characters(std::string_view text) {
  const Lines lines(text);
  const auto refuse = [&](std::size_t at, const std::string& why, std::string hint) {
    const auto place = json::location_of(text, at);
    throw SyntaxError(why, std::move(hint), place);
  };
  const auto valid = valid_prefix(text);
  if (valid != text.size()) refuse(valid, "invalid UTF-8", "");
  constexpr std::array<std::pair<std::string_view, const char*>, 3> ends = {
      {{"\xC2\x85", "\\x85"}, {"\xE2\x80\xA8", "\\u2028"}, {"\xE2\x80\xA9", "\\u2029"}}};
  for (const auto& [bytes, escape] : ends)
    if (const auto at = text.find(bytes); at != text.npos)
      refuse(at, fmt::format("the character {} would be the end of a line", escape),
             fmt::format("write it as {} in a text in double quotes", escape));
}

}  // namespace

SyntaxError::SyntaxError(const std::string& message, std::string hint, json::Location place)
    : std::runtime_error(
          fmt::format("{} at line {}, column {}", message, place.line, place.column)),
      hint_(std::move(hint)),
      place_(place) {}

Converted to_json(std::string_view text) {
  if (text.size() > most_text) throw SyntaxError("it has more than 1 MiB", "", {});
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (auto json = as_json(text)) return std::move(*json);
  check_characters(text);
  return Converter(text).document();
}

bool names_yaml(std::string_view file) {
  std::string lower(file);
  for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower.ends_with(".yaml") || lower.ends_with(".yml");
}

namespace {

Converted from_yaml(std::string_view text, const std::string& name) {
  try {
    return to_json(text);
  } catch (const SyntaxError& error) {
    const auto place = error.place();
    throw InvalidDocument("ORCH-0003", name,
                          {{"", error.what(), error.hint(), place.line, place.column}});
  }
}

// Also what is meant as JSON and begins with a comment or a byte order mark, which the parser of
// JSON names, and an empty text.
bool begins_as_json(std::string_view text) {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == text.npos || std::string_view("{[\"/").find(text[first]) != text.npos;
}

}  // namespace

Converted from_file(std::string_view text, const std::string& file) {
  if (!names_yaml(file)) return {std::string(text), {}};
  return from_yaml(text, file);
}

Converted from_unnamed(std::string_view text, const std::string& name) {
  if (begins_as_json(text)) return {std::string(text), {}};
  return from_yaml(text, name);
}

void locate_problems(const Places& places, json::Problems& problems) {
  for (auto& problem : problems) {
    auto pointer = problem.pointer;
    auto found = places.find(pointer);
    while (found == places.end() && !pointer.empty()) {
      pointer.erase(pointer.rfind('/'));
      found = places.find(pointer);
    }
    if (found == places.end()) continue;
    problem.line = found->second.line;
    problem.column = found->second.column;
  }
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
}

}  // namespace orch::yaml
