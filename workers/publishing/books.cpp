#include "workers/publishing/books.h"

#include <algorithm>

#include <fmt/format.h>

#include "workers/publishing/bookkeeping.h"

namespace orch::publishing {
namespace {

/// Where one transaction at a time writes, begin() has waited for it.
bool is_taken(Session& session, const data::TableName& table) {
  return *session.dialect().for_update_nowait() != '\0' && !is_free(session, table);
}

bool same_stagings(const data::TableBooks& left, const data::TableBooks& right) {
  return left.latest == right.latest && left.staged == right.staged &&
         left.abandoned == right.abandoned;
}

void discard(Session& session, const data::TableBooks& books) {
  if (books.staged) {
    const auto staged = read_load(session, books.table);
    remove_load(session, books.table);
    if (staged && staged->unchanged_since.empty()) session.discard_staged(staged->staging);
  }
  for (const auto& staging : session.staging_tables(books.table))
    if (std::ranges::count(books.abandoned, staging.display()) > 0) session.discard_staged(staging);
}

}  // namespace

data::TableBooks read_books(Session& session, const data::TableName& table) {
  data::TableBooks books;
  books.table = table;
  const auto staged = read_load(session, table);
  if (staged) books.staged = staged->record.load;
  const auto fence = session.rows(fmt::format("SELECT store, fence FROM {} WHERE {}",
                                              session.dialect().bookkeeping("fence"), this_table),
                                  {table.schema, table.name});
  if (!fence.empty())
    books.latest = {"", session.latest_run(table), fence[0][0].value_or(""), integer(fence[0][1])};
  const bool has_rows = staged && staged->unchanged_since.empty();
  for (const auto& staging : session.staging_tables(table))
    if (!has_rows || staging != staged->staging) books.abandoned.push_back(staging.display());
  books.published = newest_evidence(session, table);
  return books;
}

bool remove_books(Session& session, const data::TableBooks& books) {
  session.open_books(books.table);
  Transaction transaction(session);
  if (is_taken(session, books.table)) return false;
  if (!same_stagings(read_books(session, books.table), books)) return false;
  discard(session, books);
  transaction.commit();
  session.clear_up(books.table, books.latest);
  return true;
}

}  // namespace orch::publishing
