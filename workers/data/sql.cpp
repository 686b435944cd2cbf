#include "workers/data/sql.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace orch::data {
namespace {

constexpr std::array words = {"begin", "start",     "commit",  "end",    "rollback",
                              "abort", "savepoint", "release", "prepare"};

/// `sql` behind a comment that it starts with; comments of the block kind may nest.
std::string_view behind_block(std::string_view sql) {
  int depth = 0;
  do {
    if (sql.starts_with("/*")) {
      ++depth;
      sql.remove_prefix(2);
    } else if (sql.starts_with("*/")) {
      --depth;
      sql.remove_prefix(2);
    } else {
      sql.remove_prefix(1);
    }
  } while (depth > 0 && !sql.empty());
  return sql;
}

std::string_view behind_blanks(std::string_view sql) {
  while (!sql.empty()) {
    if (sql.starts_with("--"))
      sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
    else if (sql.starts_with("/*"))
      sql = behind_block(sql);
    else if (sql.front() == ';' || std::isspace(static_cast<unsigned char>(sql.front())))
      sql.remove_prefix(1);
    else
      break;
  }
  return sql;
}

}  // namespace

std::string transaction_word(std::string_view sql) {
  std::string word;
  for (const unsigned char c : behind_blanks(sql)) {
    if (!std::isalpha(c)) break;
    word += static_cast<char>(std::tolower(c));
  }
  return std::find(words.begin(), words.end(), word) == words.end() ? "" : word;
}

}  // namespace orch::data
