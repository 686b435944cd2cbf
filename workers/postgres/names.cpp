#include "workers/postgres/names.h"

#include <fmt/format.h>

#include "orchestrator/db/pg.h"
#include "workers/data/digest.h"

namespace orch::postgres {
namespace {

constexpr std::size_t longest_name = 63;  // bytes; NAMEDATALEN - 1

// `text` as a name; a long one is cut and told apart by a hash.
std::string fitted(const std::string& text) {
  if (text.size() <= longest_name) return text;
  data::Digest hash;
  hash.add(text);
  auto cut = text.substr(0, longest_name - 17);
  while (!cut.empty() && (static_cast<unsigned char>(cut.back()) & 0xC0) == 0x80) cut.pop_back();
  if (!cut.empty() && static_cast<unsigned char>(cut.back()) >= 0xC0) cut.pop_back();
  return fmt::format("{}_{}", cut, hash.hex().substr(0, 16));
}

}  // namespace

std::string qualified(const data::TableName& table) {
  const auto name = pg::quote(table.name);
  return table.schema.empty() ? name : pg::quote(table.schema) + "." + name;
}

data::TableName resolved(const data::TableName& table) {
  return {table.schema.empty() ? "public" : table.schema, table.name};
}

data::TableName staging_of(const data::TableName& target) {
  return {"orch_stage", fitted(resolved(target).display())};
}

data::TableName rows_of(const data::TableName& target) {
  const auto name = resolved(target);
  return {name.schema, fitted(name.name + "__rows")};
}

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + pg::quote(name);
  return text;
}

std::string list(const std::vector<data::Column>& columns, const std::string& prefix) {
  std::string text;
  for (const auto& column : columns)
    text += (text.empty() ? "" : ", ") + prefix + pg::quote(column.name);
  return text;
}

}  // namespace orch::postgres
