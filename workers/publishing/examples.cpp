#include "workers/publishing/examples.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace orch::publishing {
namespace {

constexpr std::size_t longest_value = 40;  ///< bytes
constexpr std::size_t most_columns = 6;
constexpr std::size_t most_rows = 5;

/// At most longest_value bytes of UTF-8, whole characters, on one line.
std::string shown(const std::optional<std::string>& value) {
  if (!value) return "NULL";
  auto text = value->substr(0, longest_value);
  if (text.size() < value->size()) {
    while (!text.empty() && (static_cast<unsigned char>((*value)[text.size()]) & 0xC0) == 0x80)
      text.pop_back();
    text += "…";
  }
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
  return text;
}

std::string shown(const std::vector<std::string>& names, const Row& row) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < names.size(); ++i)
    parts.push_back(fmt::format("{}={}", names[i], shown(row[i])));
  const auto text = fmt::format("{}", fmt::join(parts, " "));
  return names.size() == 1 ? text : "(" + text + ")";
}

std::string shown(const std::vector<std::string>& names, const Rows& rows) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(rows.size(), most_rows); ++i)
    parts.push_back(shown(names, rows[i]));
  return fmt::format("{}{}", fmt::join(parts, ", "), rows.size() > most_rows ? " …" : "");
}

/// The keys of `s` that come more than once.
std::string groups_of(const Dialect& dialect, const std::string& table,
                      const std::vector<std::string>& key, bool null_safe) {
  std::vector<std::string> present;
  for (const auto& name : key) present.push_back("g." + dialect.quote(name) + " IS NOT NULL");
  const auto selected = list(dialect, key, "g.");
  return fmt::format("SELECT {} FROM {} AS g{} GROUP BY {} HAVING count(*) > 1", selected, table,
                     null_safe ? "" : fmt::format(" WHERE {}", fmt::join(present, " AND ")),
                     selected);
}

}  // namespace

std::string first_rows(Session& session, const std::string& table,
                       const std::vector<std::string>& key,
                       const std::vector<data::Column>& columns, const std::string& condition) {
  auto names = key;
  for (const auto& column : columns)
    if (key.empty() && names.size() < most_columns) names.push_back(column.name);
  const auto selected = list(session.dialect(), names, "s.");
  const auto order = key.empty() ? "" : " ORDER BY " + selected;
  return shown(names, session.rows(fmt::format("SELECT {} FROM {} AS s WHERE {}{} LIMIT {}",
                                               selected, table, condition, order, most_rows + 1)));
}

RepeatedKeys repeated_keys(Session& session, const std::string& table,
                           const std::vector<std::string>& key, bool null_safe) {
  const auto groups = groups_of(session.dialect(), table, key, null_safe);
  RepeatedKeys found;
  found.count = number(session, fmt::format("SELECT count(*) FROM ({}) r", groups));
  if (found.count > 0)
    found.first =
        shown(key, session.rows(fmt::format("{} ORDER BY {} LIMIT {}", groups,
                                            list(session.dialect(), key, "g."), most_rows + 1)));
  return found;
}

std::string shares_key(const Dialect& dialect, const std::string& table,
                       const std::vector<std::string>& key) {
  return fmt::format("({}) IN ({})", list(dialect, key, "s."),
                     groups_of(dialect, table, key, false));
}

}  // namespace orch::publishing
