#include "orchestrator/identity/scope.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace orch::identity {
namespace {

namespace bj = boost::json;

using List = std::vector<std::string> Scope::*;
constexpr std::array<std::pair<const char*, List>, 4> lists = {{
    {"projects", &Scope::projects},
    {"pipelines", &Scope::pipelines},
    {"domains", &Scope::domains},
    {"connections", &Scope::connections},
}};

bool any_matches(const std::vector<std::string>& patterns, std::string_view text) {
  return std::ranges::any_of(patterns, [&](const auto& each) { return matches(each, text); });
}

// Nothing is no name: "*" does not stand for a pipeline that has no project.
bool allows(const std::vector<std::string>& patterns, const std::string& name) {
  return patterns.empty() || (!name.empty() && any_matches(patterns, name));
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  // Where the latest "*" stands, and the text that it has taken so far.
  std::size_t at = 0, star = std::string_view::npos, taken = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      taken = i;
    } else if (at < pattern.size() && pattern[at] == text[i]) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

bool Scope::limited() const {
  return std::ranges::any_of(lists,
                             [this](const auto& each) { return !(this->*each.second).empty(); });
}

bool Scope::has(const PipelineNames& pipeline) const {
  if (!limited()) return true;
  if (projects.empty() && pipelines.empty() && domains.empty()) return false;
  return allows(projects, pipeline.project) && allows(pipelines, pipeline.name) &&
         allows(domains, pipeline.domain);
}

bool Scope::has_connection(std::string_view name) const {
  return !limited() || any_matches(connections, name);
}

Scope read_scope(json::Fields& fields) {
  Scope scope;
  for (const auto& [name, list] : lists) {
    if (!fields.has(name)) continue;
    scope.*list = fields.strings(name);
    if ((scope.*list).empty())
      fields.problem(name, fmt::format("the member {} has no pattern", name),
                     "leave it out where it is not to limit");
  }
  return scope;
}

bj::object scope_document(const Scope& scope) {
  bj::object out;
  for (const auto& [name, list] : lists)
    if (const auto& patterns = scope.*list; !patterns.empty())
      out[name] = bj::array(patterns.begin(), patterns.end());
  return out;
}

}  // namespace orch::identity
