// Which entries of a catalog are meant, and where they go.
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/catalog/catalog.h"
#include "workers/catalog/pattern.h"

namespace orch::catalog {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

template <class Meets>
bool any_of_or_all(const Choice::List& list, Meets&& meets) {
  return !list || std::any_of(list->begin(), list->end(), meets);
}

void refuse_unknown_keys(const Catalog& catalog, const std::vector<std::string>& only) {
  std::vector<std::string> keys;
  for (const auto& entry : catalog.entries) keys.push_back(entry.key);
  for (const auto& pattern : only) {
    if (std::any_of(keys.begin(), keys.end(),
                    [&](const std::string& key) { return matches(pattern, key); }))
      continue;
    throw Error("ORCH-0312",
                fmt::format("the catalog {} has no table \"{}\"{}", catalog.name, pattern,
                            did_you_mean(pattern, keys)),
                "`orch catalog show` lists the keys");
  }
}

void refuse_unknown_tags(const Catalog& catalog, const std::vector<std::string>& wanted) {
  std::vector<std::string> tags;
  for (const auto& entry : catalog.entries)
    for (const auto& tag : entry.tags)
      if (!contains(tags, tag)) tags.push_back(tag);
  for (const auto& tag : wanted) {
    if (contains(tags, tag)) continue;
    throw Error("ORCH-0315",
                fmt::format("no table of the catalog {} has the tag \"{}\"{}", catalog.name, tag,
                            did_you_mean(tag, tags)),
                tags.empty() ? "its tables have no tags"
                             : fmt::format("its tags are {}", fmt::join(tags, ", ")));
  }
}

/// Why no table is chosen.
std::string none_chosen(const Catalog& catalog, const Choice& choice) {
  if (catalog.entries.empty()) return fmt::format("the catalog {} has no tables", catalog.name);
  const auto why = choice.only && choice.only->empty() ? "\"only\" is an empty list"
                   : choice.tags && choice.tags->empty()
                       ? "\"tags\" is an empty list"
                       : "none that \"only\" names has one of the "
                         "\"tags\"";
  return fmt::format("no table of the catalog {} is chosen: {}", catalog.name, why);
}

}  // namespace

Choice choice_of(std::vector<std::string> only, std::vector<std::string> tags) {
  Choice choice;
  if (!only.empty()) choice.only = std::move(only);
  if (!tags.empty()) choice.tags = std::move(tags);
  return choice;
}

std::vector<Entry> choose(const Catalog& catalog, const Choice& choice) {
  if (!choice.allow_empty) {
    if (choice.only) refuse_unknown_keys(catalog, *choice.only);
    if (choice.tags) refuse_unknown_tags(catalog, *choice.tags);
  }
  std::vector<Entry> chosen;
  for (const auto& entry : catalog.entries) {
    const bool wanted = any_of_or_all(
        choice.only, [&](const auto& pattern) { return matches(pattern, entry.key); });
    const bool tagged =
        any_of_or_all(choice.tags, [&](const auto& tag) { return contains(entry.tags, tag); });
    if (wanted && tagged) chosen.push_back(entry);
  }
  if (chosen.empty() && !choice.allow_empty)
    throw Error("ORCH-0314", none_chosen(catalog, choice),
                R"("allow_empty": true in the input says that it is meant)");
  return chosen;
}

std::vector<Problem> target_name_problems(const Catalog& catalog,
                                          const connectors::Connections& connections) {
  std::vector<std::string> known;
  for (const auto& connection : connections.list()) known.push_back(connection.name);
  std::vector<Problem> problems;
  std::map<std::string, const Entry*> places;
  for (const auto& entry : catalog.entries) {
    if (!contains(known, entry.target_connection)) continue;
    const auto naming = connections.naming(entry.target_connection);
    const auto place =
        connections.database(entry.target_connection) + '\0' + naming.identity(entry.target);
    if (naming.too_long(entry.target))
      problems.push_back(
          {entry.key,
           fmt::format("the target's name {} is too long: found {} bytes, expected "
                       "at most {}, where the database cuts it",
                       entry.target.display(), entry.target.name.size(), naming.longest),
           "give the entry a shorter target.table"});
    const auto [other, added] = places.emplace(place, &entry);
    if (!added)
      problems.push_back(
          {entry.key,
           fmt::format("the target {} is one table with {} of the entry \"{}\"",
                       entry.target.display(), other->second->target.display(), other->second->key),
           "give one of them another target.table or target.schema"});
  }
  return problems;
}

std::vector<std::string> connections_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const auto& entry : entries) {
    add(entry.source_connection);
    add(entry.target_connection);
  }
  return names;
}

}  // namespace orch::catalog
