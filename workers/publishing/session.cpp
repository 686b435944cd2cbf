#include "workers/publishing/session.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace orch::publishing {

data::DatabaseError told(const data::DatabaseError& error, const boost::json::object& holder) {
  if (holder.empty() || error.details().contains("pid")) return error;
  auto details = error.details();
  for (const auto& member : holder) details[member.key()] = member.value();
  const auto text = [&](const char* name) { return std::string(holder.at(name).as_string()); };
  return {error.error_class(),
          fmt::format("{}; process {} of user {} holds it since {}: {}", error.what(),
                      holder.at("pid").as_int64(), text("user"), text("since"), text("query")),
          error.hint(), details};
}

std::vector<data::TableName> Session::tables_with_books() {
  std::vector<data::TableName> tables;
  for (const auto& row :
       rows(fmt::format("SELECT table_schema, table_name FROM {} ORDER BY table_schema, table_name",
                        dialect().bookkeeping("fence"))))
    tables.push_back({row[0].value_or(""), row[1].value_or("")});
  return tables;
}

std::vector<data::TableName> Session::staging_tables(const data::TableName& table) {
  auto staging = dialect().staging(table, {});
  if (!facts(staging)) return {};
  return {std::move(staging)};
}

std::int64_t number(Session& session, const std::string& sql, const Params& params) {
  const auto rows = session.rows(sql, params);
  std::int64_t value = 0;
  if (rows.empty() || !rows[0][0]) return value;
  const auto& text = *rows[0][0];
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace orch::publishing
