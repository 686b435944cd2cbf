#include "workers/postgres/names.h"

#include <fmt/format.h>

#include "orchestrator/db/pg.h"
#include "workers/data/digest.h"
#include "workers/postgres/postgres.h"

namespace orch::postgres {
namespace {

// `text`, cut to the longest name, with the hash of `identity` after it.
std::string hashed(const std::string& text, const std::string& identity) {
  data::Digest hash;
  hash.add(identity);
  return fmt::format("{}_{}", cut(text, longest_name - 17), hash.hex().substr(0, 16));
}

}  // namespace

data::Naming naming() { return {longest_name, false, "public"}; }

std::string cut(const std::string& name, std::size_t bytes) {
  auto text = name.substr(0, bytes);
  // A character is kept whole: names are UTF-8.
  while (text.size() < name.size() && !text.empty() &&
         (static_cast<unsigned char>(name[text.size()]) & 0xC0) == 0x80)
    text.pop_back();
  return text;
}

std::string qualified(const data::TableName& table) {
  const auto name = pg::quote(table.name);
  return table.schema.empty() ? name : pg::quote(table.schema) + "." + name;
}

data::TableName resolved(const data::TableName& table) {
  return {table.schema.empty() ? "public" : table.schema, table.name};
}

data::TableName rows_of(const data::TableName& target) {
  const auto name = resolved(target);
  const auto text = name.name + "__rows";
  return {name.schema, text.size() <= longest_name ? text : hashed(text, name.name)};
}

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + pg::quote(name);
  return text;
}

std::string list(const std::vector<data::Column>& columns) {
  std::string text;
  for (const auto& column : columns) text += (text.empty() ? "" : ", ") + pg::quote(column.name);
  return text;
}

}  // namespace orch::postgres
