#include "orchestrator/store/redaction.h"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "orchestrator/base/log.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/pipelines.h"

namespace orch::store {
namespace {

namespace bj = boost::json;

// A shorter value, "EUR" or 12, is hidden in marked members alone: every text would have it.
constexpr std::size_t shortest_value = 4;
constexpr std::size_t most_known = 1'000;

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool fits_mark(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  if (star == pattern.npos) return pattern == name;
  const auto before = pattern.substr(0, star), after = pattern.substr(star + 1);
  if (!name.starts_with(before)) return false;
  for (auto rest = name.substr(before.size());; rest.remove_prefix(1)) {
    if (fits_mark(after, rest)) return true;
    if (rest.empty()) return false;
  }
}

bool longer_first(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() > b.size() : a < b;
}

// Causes and bodies of calls are JSON within a text.
std::optional<bj::value> document_in(std::string_view text) {
  if (text.empty() || (text.front() != '{' && text.front() != '[')) return std::nullopt;
  try {
    return json::parse(text);
  } catch (const json::SyntaxError&) {
    return std::nullopt;
  }
}

bj::string hidden_text() { return {redacted_text}; }

}  // namespace

std::vector<std::string> marked_names(const std::string& pipeline_document) {
  const auto document = json::parse(pipeline_document);
  std::vector<std::string> names;
  const auto* object = document.if_object();
  const auto* list = object ? object->if_contains("redact") : nullptr;
  if (!list || !list->is_array()) return names;
  for (const auto& each : list->get_array())
    if (each.is_string()) names.emplace_back(each.get_string());
  return names;
}

Redactor::Redactor(const std::vector<std::string>& names) : values_(longer_first) { mark(names); }

void Redactor::mark(const std::vector<std::string>& names) {
  for (const auto& name : names) names_.push_back(lower(name));
}

bool Redactor::is_marked(std::string_view name) const {
  const auto spelled = lower(name);
  return std::ranges::any_of(names_,
                             [&](const auto& pattern) { return fits_mark(pattern, spelled); });
}

void Redactor::learn_text(std::string_view text) {
  if (text.size() >= shortest_value && text != redacted_text) values_.emplace(text);
}

void Redactor::learn_all(const bj::value& value) {
  if (const auto* object = value.if_object()) {
    for (const auto& [name, member] : *object) learn_all(member);
  } else if (const auto* array = value.if_array()) {
    for (const auto& each : *array) learn_all(each);
  } else if (const auto* text = value.if_string()) {
    learn_text(*text);
  } else if (value.is_number()) {
    learn_text(json::write(value));
  }
}

void Redactor::learn(const bj::value& payload) {
  if (const auto* object = payload.if_object()) {
    for (const auto& [name, member] : *object) is_marked(name) ? learn_all(member) : learn(member);
  } else if (const auto* array = payload.if_array()) {
    for (const auto& each : *array) learn(each);
  } else if (const auto* text = payload.if_string()) {
    if (const auto document = document_in(*text)) learn(*document);
  }
}

void Redactor::learn(const execution::Event& event) {
  if (event.payload) learn(event.payload->value());
  for (const auto& [name, value] : event.assigned) {
    const auto parsed = json::parse(value);
    is_marked(name) ? learn_all(parsed) : learn(parsed);
  }
  if (event.cause)
    if (const auto document = document_in(*event.cause)) learn(*document);
}

bj::value Redactor::hide(const bj::value& payload) const {
  if (everything_) return hidden_text();
  if (const auto* object = payload.if_object()) {
    bj::object out;
    for (const auto& [name, member] : *object)
      out[hide(std::string(name))] =
          is_marked(name) && !member.is_null() ? bj::value(hidden_text()) : hide(member);
    return out;
  }
  if (const auto* array = payload.if_array()) {
    bj::array out;
    for (const auto& each : *array) out.push_back(hide(each));
    return out;
  }
  if (const auto* text = payload.if_string()) return bj::string(hide(std::string(*text)));
  if (payload.is_number() && values_.contains(json::write(payload))) return hidden_text();
  return payload;
}

// Within a text, a value may be written as JSON writes it: "a\"b".
std::string Redactor::hide(const std::string& text) const {
  if (everything_) return text.empty() ? text : std::string(redacted_text);
  if (const auto document = document_in(text)) return json::write(hide(*document));
  auto out = text;
  const auto replace = [&](std::string_view value) {
    for (auto at = out.find(value); at != out.npos; at = out.find(value, at))
      out.replace(at, value.size(), redacted_text), at += redacted_text.size();
  };
  for (const auto& value : values_) {
    replace(value);
    const auto written = json::write(bj::value(bj::string(value)));
    if (written.size() != value.size() + 2)
      replace(std::string_view(written).substr(1, written.size() - 2));
  }
  return out;
}

execution::Event Redactor::hide(execution::Event event) const {
  if (event.payload) event.payload = json::Payload::of_value(hide(event.payload->value()));
  for (auto& [name, value] : event.assigned)
    value = json::write(is_marked(name) ? bj::value(hidden_text()) : hide(json::parse(value)));
  if (event.error) event.error = hide(*event.error);
  if (event.cause) event.cause = hide(*event.cause);
  return event;
}

ExecutionRow Redactor::hide(ExecutionRow row) const {
  const auto payload = [&](const std::string& text) {
    // The input of a damaged row may be no JSON.
    return text.empty()  ? text
           : everything_ ? json::write(bj::value(hidden_text()))
                         : json::write(hide(json::parse(text)));
  };
  row.made.input = payload(row.made.input);
  if (row.output) row.output = payload(*row.output);
  if (row.error) row.error = hide(*row.error);
  if (row.cause) row.cause = hide(*row.cause);
  if (row.set_aside) row.set_aside = hide(*row.set_aside);
  return row;
}

// Of the revision that the run goes by, and of the newest: what is marked later is hidden in older
// runs, and a mark that is taken out stays for the runs that had it. Revisions outlive the
// pipeline.
const std::vector<std::string>& Redactors::names_of(const PipelineLink& link) {
  constexpr std::chrono::seconds kept{1};
  const auto now = std::chrono::steady_clock::now();
  auto& marks = marks_[{link.pipeline, link.revision}];
  if (marks.read_at != std::chrono::steady_clock::time_point() && now - marks.read_at < kept)
    return marks.names;
  marks = {{}, now};
  const auto revisions = store_.pipelines().revisions(link.pipeline);
  for (const auto& each : revisions)
    if (each.number == link.revision || &each == &revisions.front())
      for (auto& name : marked_names(each.document)) marks.names.push_back(std::move(name));
  return marks.names;
}

Redactors::Known& Redactors::known_of(const ExecutionRow& row) {
  const auto found = known_.find(row.id);
  if (found != known_.end()) return found->second;
  Known known;
  if (row.made.pipeline) known.links.push_back(*row.made.pipeline);
  const ExecutionId* origin = row.made.parent    ? &row.made.parent->execution
                              : row.made.starter ? &row.made.starter->execution
                                                 : nullptr;
  if (origin && store_.holds(*origin, 0)) {
    known.origin = *origin;
    const auto& above = known_of(store_.find_unchecked(*origin));
    known.links.insert(known.links.end(), above.links.begin(), above.links.end());
  }
  return known_.insert_or_assign(row.id, std::move(known)).first->second;
}

void Redactors::begin(Known& known, const std::vector<std::string>& names) {
  known.names = names;
  known.last = 0;
  known.redactor.reset();
  if (names.empty()) return;
  const auto* above = known.origin ? of(store_.find_unchecked(*known.origin)) : nullptr;
  known.redactor = std::make_unique<Redactor>(above ? *above : Redactor({}));
  known.redactor->mark(names);
}

void Redactors::learn(Known& known, const ExecutionRow& row) {
  auto& redactor = *known.redactor;
  if (known.last == 0 && !row.made.input.empty()) redactor.learn(json::parse(row.made.input));
  if (row.output) redactor.learn(json::parse(*row.output));
  store_.history(row.id, known.last, [&](const execution::Event& event) {
    redactor.learn(event);
    known.last = event.id;
  });
}

const Redactor* Redactors::of(const ExecutionRow& row) {
  if (!row.made.pipeline && !row.made.parent && !row.made.starter) return nullptr;
  if (known_.size() >= most_known && !known_.contains(row.id)) known_.clear();
  auto& known = known_of(row);
  std::vector<std::string> names;
  for (const auto& link : known.links) {
    const auto& marked = names_of(link);
    names.insert(names.end(), marked.begin(), marked.end());
  }
  if (known.names != names) begin(known, names);
  if (!known.redactor) return nullptr;
  try {
    if (!row.damage.empty()) require_sound(row);
    learn(known, row);
  } catch (const std::exception& error) {
    log::warn({{"run", row.made.run_id}}, "its values are hidden, for it cannot be read: {}",
              error.what());
    known.redactor->hide_everything();
  }
  return known.redactor.get();
}

}  // namespace orch::store
