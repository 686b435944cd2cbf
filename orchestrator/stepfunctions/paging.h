// Pages of lists: how many, from where, and the opaque token of the next one.
#pragma once

#include <string>
#include <string_view>

#include "orchestrator/stepfunctions/desk.h"

namespace orch::stepfunctions {

struct Page {
  std::int64_t size = 100;
  std::string behind;  ///< what the page before ended with; empty: the first page
  std::string scope;   ///< what is listed: a token of another list is refused
};

/// Reads maxResults and nextToken. Throws ServiceError ValidationException, and InvalidToken for a
/// token that this store did not make for `scope`. `longest` is of a token, in characters.
Page read_page(Request& request, const std::string& scope, std::size_t longest = 1024);

/// Adds nextToken when there are more than `page.size` rows, and takes the surplus away. `place` is
/// what the next page's `behind` is, of the last row shown.
template <class Rows, class Place>
void end_page(Request& request, const Page& page, Rows& rows, Object& answer, const Place& place);

/// The token of the page behind `place`.
std::string page_token(Request& request, const Page& page, const std::string& place);

template <class Rows, class Place>
void end_page(Request& request, const Page& page, Rows& rows, Object& answer, const Place& place) {
  if (std::ssize(rows) <= page.size) return;
  rows.erase(rows.begin() + page.size, rows.end());
  answer["nextToken"] = page_token(request, page, place(rows.back()));
}

}  // namespace orch::stepfunctions
