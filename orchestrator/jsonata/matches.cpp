#include "orchestrator/jsonata/matches.h"

#include "orchestrator/jsonata/errors.h"
#include "orchestrator/jsonata/regex.h"
#include "orchestrator/jsonata/text.h"

namespace orch::jsonata {
namespace {

/// Byte offset of a place that is given in UTF-16 units.
std::size_t byte_of(std::string_view text, double units) {
  std::size_t at = 0;
  for (double passed = 0; at < text.size() && passed < units;)
    passed += next_character(text, at) >= 0x10000 ? 2 : 1;
  return at;
}

}  // namespace

Value FoundMatch::object() const {
  auto made = std::make_unique<Object>();
  made->set("match", Value::text(text));
  made->set("start", start);
  made->set("end", end);
  auto all = new_array();
  for (const auto& group : groups) all->items.push_back(group ? Value::text(*group) : Value());
  made->set("groups", Value::of(std::move(all)));
  return Value::of(std::move(made));
}

std::optional<FoundMatch> Matches::next_of_regex() {
  const auto& function = *matcher_.function();
  if (!first_ && at_ >= text_.size()) return std::nullopt;
  const auto match = function.regex->find(text_, at_);
  if (!match) return std::nullopt;
  if (!first_ && match->start == match->end)
    throw Problem("D1004")
        .at(function.position)
        .value(Value::text(function.regex->pattern()))
        .error();
  first_ = false;
  FoundMatch found;
  found.text = text_.substr(match->start, match->end - match->start);
  found.start = units_ + static_cast<double>(count_units(text_.substr(at_, match->start - at_)));
  found.end = found.start + static_cast<double>(count_units(found.text));
  found.start_byte = match->start;
  found.end_byte = at_ = match->end;
  units_ = found.end;
  found.groups = match->groups;
  return found;
}

std::optional<FoundMatch> Matches::next() {
  evaluator_.work(1);
  if (matcher_.is_function() && matcher_.function()->regex) return next_of_regex();
  Arguments arguments;
  if (first_) arguments.push_back(Value::text(std::string(text_)));
  first_ = false;
  const auto result = evaluator_.apply(matcher_, std::move(arguments), Value());
  if (!result.defined()) return std::nullopt;
  const auto member = [&](const char* name) {
    return result.is_object() ? result.member(name) : Value();
  };
  const auto groups = member("groups");
  if (!member("start").is_number() && !member("end").is_number() && !groups.is_array() &&
      !member("next").is_function())
    throw Problem("T1010").error();
  FoundMatch found;
  if (member("match").is_string()) found.text = member("match").string();
  if (member("start").is_number()) found.start = member("start").number();
  if (member("end").is_number()) found.end = member("end").number();
  found.start_byte = byte_of(text_, found.start);
  found.end_byte = std::min(text_.size(), found.start_byte + found.text.size());
  for (std::size_t i = 0; groups.is_array() && i < groups.size(); ++i) {
    auto& group = found.groups.emplace_back();
    if (groups.at(i).is_string()) group = groups.at(i).string();
  }
  matcher_ = member("next");
  return found;
}

}  // namespace orch::jsonata
