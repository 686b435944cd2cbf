#include "workers/data/naming.h"

#include <algorithm>

#include <fmt/format.h>

#include "workers/data/digest.h"

namespace orch::data {
namespace {

constexpr std::size_t hash_digits = 8;

/// At most `bytes` of `text`, which ends with a whole character of UTF-8.
std::string cut(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  auto end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

std::string Naming::identity(const TableName& table) const {
  const auto kept = [&](const std::string& name) {
    auto text = longest == 0 ? name : cut(name, longest);
    if (ignores_ascii_case)
      std::transform(text.begin(), text.end(), text.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
  };
  if (default_schema.empty()) return kept(table.name);
  // No name holds a NUL character.
  return kept(table.schema.empty() ? default_schema : table.schema) + '\0' + kept(table.name);
}

bool Naming::too_long(const TableName& table) const {
  return longest != 0 && (table.schema.size() > longest || table.name.size() > longest);
}

std::string shortened(const std::string& name, std::size_t longest) {
  if (longest == 0 || name.size() <= longest) return name;
  Digest hash;
  hash.add(name);
  return fmt::format("{}_{}", cut(name, longest - hash_digits - 1),
                     hash.hex().substr(0, hash_digits));
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

}  // namespace orch::data
