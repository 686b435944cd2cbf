#include "orchestrator/stepfunctions/paging.h"

#include "orchestrator/aws/digest.h"
#include "orchestrator/base/secret.h"

namespace orch::stepfunctions {
namespace {

constexpr std::int64_t default_size = 100;
constexpr std::int64_t largest_size = 1'000;

// Enough that none is made by chance; a token opens nothing that its reader could not list.
constexpr std::size_t seal_size = 16;

// Tokens outlive the process: they are sealed with what only this store knows.
std::string seal(Request& request, const Page& page, const std::string& place) {
  const auto digest = aws::hmac_sha256(request.desk.reader->store_id(), page.scope + '\n' + place);
  return aws::hex(digest).substr(0, 2 * seal_size);
}

}  // namespace

std::string page_token(Request& request, const Page& page, const std::string& place) {
  return seal(request, page, place) + aws::hex(place);
}

Page read_page(Request& request, const std::string& scope, std::size_t longest) {
  auto& in = request.in;
  const auto size = in.integer("maxResults", 0, largest_size).value_or(0);
  const auto token = in.text("nextToken", {1, longest});
  in.check();
  Page page{size > 0 ? size : default_size, "", scope};
  if (!token) return page;
  const auto place = aws::unhex(token->substr(std::min(token->size(), 2 * seal_size)));
  if (!place || !same_secret(token->substr(0, 2 * seal_size), seal(request, page, *place)))
    throw ServiceError("InvalidToken", "Invalid Token: 'Invalid token'");
  page.behind = *place;
  return page;
}

}  // namespace orch::stepfunctions
