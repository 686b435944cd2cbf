// Which relations of a source a discovery takes, and which it leaves out.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "workers/catalog/discover.h"
#include "workers/catalog/pattern.h"

namespace orch::catalog {
namespace {

using Patterns = std::vector<std::string>;

bool fits(const std::string& pattern, const data::TableName& table) {
  return matches(pattern, table.name) ||
         (!table.schema.empty() && matches(pattern, table.display()));
}

template <class Fits>
bool any_fits(const Patterns& patterns, Fits&& fits) {
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), fits);
}

void refuse_unknown_schemas(data::Source& from, const DiscoverOptions& options) {
  const auto schemas = from.schemas();
  for (const auto& pattern : options.schemas) {
    if (std::any_of(schemas.begin(), schemas.end(),
                    [&](const auto& schema) { return matches(pattern, schema); }))
      continue;
    if (schemas.empty())
      throw Error("ORCH-0313",
                  fmt::format("no schema \"{}\" in {}: a {} source has no schemas", pattern,
                              options.source, from.engine()),
                  "leave --schema out");
    throw Error("ORCH-0313",
                fmt::format("no schema \"{}\" in {}{}", pattern, options.source,
                            did_you_mean(pattern, schemas)),
                fmt::format("there are: {}", fmt::join(schemas, ", ")));
  }
}

void refuse_unknown_tables(const std::vector<data::Listed>& all, const DiscoverOptions& options) {
  std::vector<std::string> names;
  for (const auto& each : all) {
    names.push_back(each.name.name);
    if (!each.name.schema.empty()) names.push_back(each.name.display());
  }
  for (const auto& pattern : options.tables) {
    if (std::any_of(all.begin(), all.end(),
                    [&](const auto& each) { return fits(pattern, each.name); }))
      continue;
    throw Error("ORCH-0312",
                fmt::format("no table \"{}\" in {}{}", pattern, options.source,
                            did_you_mean(pattern, names)),
                "tables are named as the source names them, or as schema.table; * and ? stand for "
                "any text and any character");
  }
}

}  // namespace

std::vector<data::Listed> choose_relations(data::Source& from, const DiscoverOptions& options,
                                           std::vector<LeftOut>& left_out) {
  using Taken = data::Listed::Taken;
  if (!options.allow_empty) refuse_unknown_schemas(from, options);
  auto all = from.list();
  std::erase_if(all, [&](const auto& each) {
    return !any_fits(options.schemas,
                     [&](const auto& pattern) { return matches(pattern, each.name.schema); });
  });
  if (!options.allow_empty) refuse_unknown_tables(all, options);
  std::erase_if(all, [&](const auto& each) {
    return std::find(options.known.begin(), options.known.end(), each.name) !=
               options.known.end() ||
           std::any_of(options.ignore.begin(), options.ignore.end(),
                       [&](const auto& pattern) { return fits(pattern, each.name); });
  });
  std::vector<data::Listed> chosen;
  for (auto& each : all) {
    // What is named letter by letter is meant, view or not.
    const auto named = [&](const auto& name) {
      return name == each.name.name || name == each.name.display();
    };
    const bool meant = std::any_of(options.tables.begin(), options.tables.end(), named);
    if (!any_fits(options.tables, [&](const auto& pattern) { return fits(pattern, each.name); }))
      continue;
    if (each.taken == Taken::never)
      left_out.push_back({each, each.reason});
    else if (each.taken == Taken::with_views && !options.views && !meant)
      left_out.push_back({each, "--views takes it"});
    else
      chosen.push_back(std::move(each));
  }
  return chosen;
}

std::vector<std::string> keys_of(const Catalog& catalog, const DiscoverOptions& options) {
  const auto of_schema = [](const std::string& pattern, const Entry& entry) {
    return matches(pattern, entry.source.table.schema);
  };
  const auto of_table = [](const std::string& pattern, const Entry& entry) {
    return pattern == entry.key || fits(pattern, entry.source.table);
  };
  const auto refuse_unmatched = [&](const Patterns& patterns, auto meets, const char* option) {
    for (const auto& pattern : patterns)
      if (std::none_of(catalog.entries.begin(), catalog.entries.end(),
                       [&](const Entry& entry) { return meets(pattern, entry); }))
        throw Error("ORCH-0312",
                    fmt::format("{}: no entry of {} is of \"{}\"", option, catalog.name, pattern),
                    "`orch catalog refresh` takes tables into an existing catalog");
  };
  if (!options.allow_empty) {
    refuse_unmatched(options.schemas, of_schema, "--schema");
    refuse_unmatched(options.tables, of_table, "--tables");
  }
  std::vector<std::string> keys;
  for (const auto& entry : catalog.entries)
    if (any_fits(options.schemas, [&](const auto& each) { return of_schema(each, entry); }) &&
        any_fits(options.tables, [&](const auto& each) { return of_table(each, entry); }))
      keys.push_back(entry.key);
  return keys;
}

void refuse_nothing(data::Source& from, const DiscoverOptions& options,
                    const std::vector<LeftOut>& left_out) {
  std::string found = left_out.empty() ? "nothing" : "nothing that is taken";
  if (!left_out.empty())
    found += fmt::format(" ({} left out, such as the {} {}: {})", left_out.size(),
                         left_out.front().relation.kind, left_out.front().relation.name.display(),
                         left_out.front().reason);
  const auto schemas = from.schemas();
  throw Error(
      "ORCH-0314", fmt::format("no table to replicate in {}: found {}", options.source, found),
      schemas.empty() ? "--allow-empty says that it is meant"
                      : fmt::format("its schemas are {}; --allow-empty says that it is meant",
                                    fmt::join(schemas, ", ")));
}

}  // namespace orch::catalog
