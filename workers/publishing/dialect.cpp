#include "workers/publishing/dialect.h"

#include <algorithm>

namespace orch::publishing {

std::string list(const Dialect& dialect, const std::vector<std::string>& names,
                 const std::string& prefix) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + prefix + dialect.quote(name);
  return text;
}

std::string list(const Dialect& dialect, const std::vector<data::Column>& columns,
                 const std::string& prefix) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  return list(dialect, names, prefix);
}

const data::Column* find_column(const Dialect& dialect, const std::vector<data::Column>& columns,
                                std::string_view name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const data::Column& column) {
    return dialect.same_name(column.name, name);
  });
  return found == columns.end() ? nullptr : &*found;
}

bool contains(const Dialect& dialect, const std::vector<std::string>& names,
              std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& each) { return dialect.same_name(each, name); });
}

std::string any_of(const Dialect& dialect, const std::vector<std::string>& conditions) {
  std::string groups;
  std::string group;
  std::size_t terms = 0;
  const auto close = [&] {
    if (!group.empty()) groups += (groups.empty() ? "(" : " OR (") + group + ")";
    group.clear();
    terms = 0;
  };
  for (const auto& condition : conditions) {
    if (terms == dialect.terms()) close();
    group += (group.empty() ? "" : " OR ") + condition;
    ++terms;
  }
  close();
  return groups;
}

}  // namespace orch::publishing
