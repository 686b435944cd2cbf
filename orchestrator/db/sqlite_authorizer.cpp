#include "orchestrator/db/sqlite_authorizer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <strings.h>

namespace orch::sqlite {
namespace {

/// Pragmas that answer and change nothing, whatever their argument.
constexpr std::array answering = {
    "collation_list",   "compile_options", "data_version",  "database_list", "foreign_key_check",
    "foreign_key_list", "freelist_count",  "function_list", "index_info",    "index_list",
    "index_xinfo",      "integrity_check", "module_list",   "page_count",    "pragma_list",
    "quick_check",      "table_info",      "table_list",    "table_xinfo"};

/// Settings, which may be asked but not set.
constexpr std::array settings = {"application_id", "auto_vacuum",  "encoding",
                                 "foreign_keys",   "journal_mode", "page_size",
                                 "schema_version", "synchronous",  "user_version"};

bool same(const char* name, const char* other) { return name && strcasecmp(name, other) == 0; }

bool answers_only(const char* pragma, const char* argument) {
  const auto is = [&](const char* name) { return same(pragma, name); };
  return std::any_of(answering.begin(), answering.end(), is) ||
         (!argument && std::any_of(settings.begin(), settings.end(), is));
}

std::string name_of(int action, const char* one) {
  switch (action) {
    case SQLITE_PRAGMA:
      return std::string("PRAGMA ") + (one ? one : "");
    case SQLITE_ATTACH:
      return "ATTACH";
    case SQLITE_DETACH:
      return "DETACH";
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
      return one ? one : "SAVEPOINT";
    case SQLITE_FUNCTION:
      return "load_extension()";
    default:
      return "a change of the database";
  }
}

}  // namespace

Authorizer::Authorizer(Database& db, Permit permit) : db_(db.handle()), permit_(permit) {
  sqlite3_set_authorizer(db_, ask, this);
}

Authorizer::~Authorizer() { sqlite3_set_authorizer(db_, nullptr, nullptr); }

int Authorizer::ask(void* self, int action, const char* one, const char* two, const char*,
                    const char*) noexcept {
  auto& authorizer = *static_cast<Authorizer*>(self);
  if (authorizer.permits(action, one, two)) return SQLITE_OK;
  try {
    authorizer.refused_ = name_of(action, one);
  } catch (const std::bad_alloc&) {
    authorizer.refused_.clear();
  }
  return SQLITE_DENY;
}

bool Authorizer::permits(int action, const char* one, const char* two) noexcept {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return true;
    case SQLITE_FUNCTION:
      return !same(two, "load_extension");
    case SQLITE_PRAGMA:
      return answers_only(one, two);
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
      return false;
    default:
      return permit_ == Permit::statements;
  }
}

}  // namespace orch::sqlite
