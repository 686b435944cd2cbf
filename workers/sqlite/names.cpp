#include "workers/sqlite/names.h"

#include <strings.h>

#include "workers/sqlite/sqlite.h"
#include "workers/worker.h"

namespace orch::sqlite {
namespace {

bool starts_with(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size() && same_name(name.substr(0, prefix.size()), prefix);
}

}  // namespace

data::Naming naming() { return {0, true, ""}; }

std::string quote(std::string_view name) {
  std::string out = "\"";
  for (const char byte : name) {
    if (byte == '\0')
      throw workers::TaskFailed("Schema.Mismatch", "a name holds a NUL character", {}, "ORCH-0435");
    out += byte;
    if (byte == '"') out += byte;
  }
  return out + '"';
}

std::string staging_name(std::string_view table) { return "orch_stage__" + std::string(table); }

bool reserved(std::string_view name) {
  for (const auto* prefix : {"sqlite_", "orch_stage__"})
    if (starts_with(name, prefix)) return true;
  for (const auto* table :
       {"orch_schema", "orch_fence", "orch_load", "orch_evidence", "orch_sql_once", "orch_file"})
    if (same_name(name, table)) return true;
  return false;
}

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace orch::sqlite
