// Functions of text.
#include <array>
#include <cmath>
#include <unicode/ucasemap.h>

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/functions.h"
#include "orchestrator/jsonata/matches.h"
#include "orchestrator/jsonata/number.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata::functions {
namespace {

constexpr double longest_padding = 1e7;

std::string_view text_at(const Arguments& arguments, std::size_t index) {
  return arguments[index].string();
}

/// A number argument as JavaScript's slice() takes it.
std::ptrdiff_t whole(const Value& value) {
  const auto number = std::trunc(value.number());
  if (std::isnan(number)) return 0;
  return static_cast<std::ptrdiff_t>(std::clamp(number, -1e15, 1e15));
}

using CaseMapping = int32_t (*)(const UCaseMap*, char*, int32_t, const char*, int32_t, UErrorCode*);

Value with_case(std::string_view text, CaseMapping map) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UCaseMap, decltype(&ucasemap_close)> mapping(ucasemap_open("", 0, &status),
                                                                     &ucasemap_close);
  std::string out(text.size() * 3 + 8, '\0');
  const auto length = map(mapping.get(), out.data(), static_cast<int32_t>(out.size()), text.data(),
                          static_cast<int32_t>(text.size()), &status);
  if (U_FAILURE(status)) return Value::text(std::string(text));
  out.resize(static_cast<std::size_t>(length));
  return Value::text(std::move(out));
}

/// True for a blank that $trim() takes for one.
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Value not_negative(const Value& limit, std::string_view code, std::int64_t index) {
  if (limit.defined() && limit.number() < 0) throw Problem(code).value(limit).index(index).error();
  return limit;
}

bool may_go_on(const Value& limit, double count) {
  return !limit.defined() || count < limit.number();
}

}  // namespace

Value string(Evaluator&, Arguments& arguments, const Value&) {
  const auto& value = arguments[0];
  if (!value.defined() || value.is_string()) return value;
  if (value.is_function()) return Value::text("");
  if (value.is_number() && !std::isfinite(value.number()))
    throw Problem("D3001").value(value).error();
  const auto* own = value.own_array();
  const bool wrapped = own && own->outer_wrapper && !own->items.empty();
  const bool pretty = arguments[1].is_boolean() && arguments[1].boolean();
  return Value::text(stringify(wrapped ? own->items.front() : value, pretty));
}

Value length(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  return static_cast<double>(count_characters(text_at(arguments, 0)));
}

Value substring(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  const auto text = text_at(arguments, 0);
  const auto size = static_cast<std::ptrdiff_t>(count_characters(text));
  if (!arguments[1].defined() && arguments[2].defined()) return Value::text("");
  auto start = arguments[1].defined() ? arguments[1].number() : 0;
  if (static_cast<double>(size) + start < 0) start = 0;
  const auto place = [&](double index) {
    auto at = whole(Value(index));
    if (at < 0) at = std::max<std::ptrdiff_t>(0, size + at);
    return std::min(at, size);
  };
  auto end = size;
  if (arguments[2].defined()) {
    const auto length = arguments[2].number();
    if (length <= 0) return Value::text("");
    end = place(start >= 0 ? start + length : static_cast<double>(size) + start + length);
  }
  const auto begin = place(start);
  if (begin >= end) return Value::text("");
  const auto from = offset_of_character(text, static_cast<std::size_t>(begin));
  const auto rest = text.substr(from);
  return Value::text(std::string(
      rest.substr(0, offset_of_character(rest, static_cast<std::size_t>(end - begin)))));
}

Value substring_before(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  if (!arguments[1].defined()) return arguments[0];
  const auto text = text_at(arguments, 0);
  return Value::text(std::string(text.substr(0, text.find(text_at(arguments, 1)))));
}

Value substring_after(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  const auto text = text_at(arguments, 0);
  const auto at = text.find(text_at(arguments, 1));
  if (at == text.npos) return arguments[0];
  return Value::text(std::string(text.substr(at + text_at(arguments, 1).size())));
}

Value lowercase(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  return with_case(text_at(arguments, 0), ucasemap_utf8ToLower);
}

Value uppercase(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  return with_case(text_at(arguments, 0), ucasemap_utf8ToUpper);
}

Value trim(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  std::string out;
  for (const char c : text_at(arguments, 0)) {
    if (!is_blank(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return Value::text(std::move(out));
}

Value pad(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  const std::string text(text_at(arguments, 0));
  const auto width = arguments[1].number();
  std::string_view with = " ";
  if (arguments[2].defined() && !text_at(arguments, 2).empty()) with = text_at(arguments, 2);
  const auto missing = std::abs(std::trunc(width)) - static_cast<double>(count_characters(text));
  if (missing <= 0) return arguments[0];
  if (missing > longest_padding) throw Problem("D2015").value(Value(longest_padding)).error();
  evaluator.work(static_cast<std::int64_t>(missing) / 64);
  const auto characters = count_characters(with);
  const auto wanted = static_cast<std::size_t>(missing);
  std::string padding;
  for (std::size_t i = 0; i < wanted / characters; ++i) padding += with;
  padding += with.substr(0, offset_of_character(with, wanted % characters));
  return Value::text(width > 0 ? text + padding : padding + text);
}

Value contains(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined() || !arguments[1].defined()) return {};
  if (arguments[1].is_string())
    return Value(text_at(arguments, 0).find(text_at(arguments, 1)) != std::string_view::npos);
  Matches matches(evaluator, arguments[1], text_at(arguments, 0));
  return Value(matches.next().has_value());
}

Value match(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  const auto limit = not_negative(arguments[2], "D3040", 3);
  auto found = new_sequence();
  Matches matches(evaluator, arguments[1], text_at(arguments, 0));
  for (double count = 0; may_go_on(limit, count); ++count) {
    const auto next = matches.next();
    if (!next) break;
    auto object = std::make_unique<Object>();
    object->set("match", Value::text(next->text));
    object->set("index", next->start);
    auto groups = new_array();
    for (const auto& group : next->groups)
      groups->items.push_back(group ? Value::text(*group) : Value::null());
    object->set("groups", Value::of(std::move(groups)));
    found->items.push_back(Value::of(std::move(object)));
  }
  return Value::of(std::move(found));
}

Value split(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined() || !arguments[1].defined()) return {};
  const auto limit = not_negative(arguments[2], "D3020", 3);
  const auto whole_limit = limit.defined() ? Value(std::trunc(limit.number())) : Value();
  const auto text = text_at(arguments, 0);
  auto parts = new_array();
  const auto add = [&](std::string_view part) {
    if (may_go_on(whole_limit, static_cast<double>(parts->items.size())))
      parts->items.push_back(Value::text(std::string(part)));
  };
  if (!arguments[1].is_string()) {
    Matches matches(evaluator, arguments[1], text);
    std::size_t start = 0;
    if (may_go_on(limit, 0)) {
      while (const auto next = may_go_on(limit, static_cast<double>(parts->items.size()))
                                   ? matches.next()
                                   : std::nullopt) {
        parts->items.push_back(
            Value::text(std::string(text.substr(start, next->start_byte - start))));
        start = next->end_byte;
      }
      if (may_go_on(limit, static_cast<double>(parts->items.size())))
        parts->items.push_back(Value::text(std::string(text.substr(start))));
    }
    return Value::of(std::move(parts));
  }
  const auto separator = text_at(arguments, 1);
  if (separator.empty()) {
    // JavaScript cuts between UTF-16 units; half a character stands for itself.
    for (std::size_t at = 0; at < text.size();) {
      const auto character = next_character(text, at);
      std::string unit;
      if (character < 0x10000) {
        append_character(unit, character);
      } else {
        append_character(unit, 0xD800 + ((character - 0x10000) >> 10));
        add(unit);
        unit.clear();
        append_character(unit, 0xDC00 + ((character - 0x10000) & 0x3FF));
      }
      add(unit);
    }
    return Value::of(std::move(parts));
  }
  std::size_t start = 0;
  for (auto at = text.find(separator); at != text.npos; at = text.find(separator, start)) {
    add(text.substr(start, at - start));
    start = at + separator.size();
  }
  add(text.substr(start));
  return Value::of(std::move(parts));
}

Value join(Evaluator&, Arguments& arguments, const Value&) {
  if (!arguments[0].defined()) return {};
  const auto separator = arguments[1].defined() ? text_at(arguments, 1) : std::string_view();
  std::string text;
  for (std::size_t i = 0; i < arguments[0].size(); ++i) {
    if (i > 0) text += separator;
    append_text(text, arguments[0].at(i).string());
  }
  return Value::text(std::move(text));
}

namespace {

/// What `$1`, `$0` and `$$` in a replacement stand for.
std::string expanded(std::string_view replacement, const FoundMatch& match) {
  std::string text;
  std::size_t at = 0;
  for (auto dollar = replacement.find('$'); dollar != replacement.npos && at < replacement.size();
       dollar = replacement.find('$', at)) {
    text += replacement.substr(at, dollar - at);
    at = dollar + 1;
    const char next = at < replacement.size() ? replacement[at] : '\0';
    if (next == '$') {
      text += '$';
      ++at;
      continue;
    }
    if (next == '0') {
      text += match.text;
      ++at;
      continue;
    }
    // As many digits as the number of groups has, or one less.
    auto digits = std::to_string(std::max<std::size_t>(match.groups.size(), 1)).size();
    const auto read = [&](std::size_t most) -> std::optional<std::size_t> {
      std::size_t number = 0;
      std::size_t length = 0;
      for (; length < most && at + length < replacement.size(); ++length) {
        const char c = replacement[at + length];
        if (c < '0' || c > '9') break;
        number = number * 10 + static_cast<std::size_t>(c - '0');
      }
      if (length == 0) return std::nullopt;
      return number;
    };
    auto index = read(digits);
    if (digits > 1 && index && *index > match.groups.size()) index = read(digits - 1);
    if (!index) {
      text += '$';
      continue;
    }
    if (*index >= 1 && *index <= match.groups.size() && match.groups[*index - 1])
      text += *match.groups[*index - 1];
    at += std::to_string(*index).size();
  }
  return text + std::string(replacement.substr(std::min(at, replacement.size())));
}

Value replace_text(const Arguments& arguments, const Value& limit) {
  const auto text = text_at(arguments, 0);
  const auto pattern = text_at(arguments, 1);
  std::string out;
  std::size_t start = 0;
  double count = 0;
  for (auto at = text.find(pattern); at != text.npos && may_go_on(limit, count);
       at = text.find(pattern, start), ++count) {
    out += text.substr(start, at - start);
    if (arguments[2].is_string()) append_text(out, arguments[2].string());
    start = at + pattern.size();
  }
  return Value::text(out + std::string(text.substr(start)));
}

}  // namespace

Value replace(Evaluator& evaluator, Arguments& arguments, const Value&) {
  if (!arguments[0].defined() || !arguments[1].defined()) return {};
  if (arguments[1].is_string() && text_at(arguments, 1).empty())
    throw Problem("D3010").value(arguments[1]).index(2).error();
  const auto limit = not_negative(arguments[3], "D3011", 4);
  if (limit.defined() && limit.number() == 0) return arguments[0];
  if (arguments[1].is_string()) return replace_text(arguments, limit);
  const auto text = text_at(arguments, 0);
  Matches matches(evaluator, arguments[1], text);
  std::string out;
  std::size_t start = 0;
  for (double count = 0; may_go_on(limit, count); ++count) {
    const auto next = matches.next();
    if (!next) break;
    out += text.substr(start, next->start_byte - start);
    if (arguments[2].is_string()) {
      append_text(out, expanded(arguments[2].string(), *next));
    } else {
      const auto with = evaluator.apply(arguments[2], {next->object()}, Value());
      if (!with.is_string()) throw Problem("D3012").value(with).error();
      append_text(out, with.string());
    }
    start = next->end_byte;
  }
  return Value::text(out + std::string(text.substr(start)));
}

}  // namespace orch::jsonata::functions
