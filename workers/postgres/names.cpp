#include "workers/postgres/names.h"

#include <fmt/format.h>

#include "orchestrator/db/pg.h"
#include "workers/data/digest.h"
#include "workers/postgres/postgres.h"

namespace orch::postgres {
namespace {

constexpr std::size_t longest_name = 63;  // bytes; NAMEDATALEN - 1

// `text`, cut to the longest name, with the hash of `identity` behind it.
std::string hashed(const std::string& text, const std::string& identity) {
  data::Digest hash;
  hash.add(identity);
  auto cut = text.substr(0, longest_name - 17);
  // A character is kept whole: names are UTF-8.
  if (cut.size() < text.size() && (static_cast<unsigned char>(text[cut.size()]) & 0xC0) == 0x80) {
    while (!cut.empty() && (static_cast<unsigned char>(cut.back()) & 0xC0) == 0x80) cut.pop_back();
    if (!cut.empty()) cut.pop_back();
  }
  return fmt::format("{}_{}", cut, hash.hex().substr(0, 16));
}

}  // namespace

data::Naming naming() { return {longest_name, false, "public"}; }

std::string qualified(const data::TableName& table) {
  const auto name = pg::quote(table.name);
  return table.schema.empty() ? name : pg::quote(table.schema) + "." + name;
}

data::TableName resolved(const data::TableName& table) {
  return {table.schema.empty() ? "public" : table.schema, table.name};
}

data::TableName staging_of(const data::TableName& target) {
  const auto name = resolved(target);
  const auto text = name.display();
  const bool ambiguous =
      name.schema.find('.') != std::string::npos || name.name.find('.') != std::string::npos;
  if (!ambiguous && text.size() <= longest_name) return {"orch_stage", text};
  // The dot in front keeps it apart from the plain names, none of which starts with one.
  return {"orch_stage", hashed("." + text, name.schema + '\0' + name.name)};
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

std::string list(const std::vector<data::Column>& columns, const std::string& prefix) {
  std::string text;
  for (const auto& column : columns)
    text += (text.empty() ? "" : ", ") + prefix + pg::quote(column.name);
  return text;
}

}  // namespace orch::postgres
