#include "orchestrator/http/router.h"

#include <algorithm>
#include <utility>

namespace orch::http {

using Verb = boost::beast::http::verb;

std::string_view path_of(const Header& header) {
  const std::string_view target(header.target().data(), header.target().size());
  const auto scheme = target.find("://");
  // "://" after a slash is part of a path or a query.
  if (scheme == std::string_view::npos || scheme > target.find('/')) return target;
  const auto path = target.find('/', scheme + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

bool Router::Route::matches(Verb method, std::string_view target) const {
  if (!methods.empty() && std::find(methods.begin(), methods.end(), method) == methods.end())
    return false;
  target = target.substr(0, target.find('?'));
  if (!path.ends_with("/*")) return target == path;
  return target.starts_with(std::string_view(path).substr(0, path.size() - 1));
}

void Router::add(std::vector<Verb> methods, std::string path, Handler handler) {
  routes_.push_back({std::move(methods), std::move(path), std::move(handler)});
}

const Handler& Router::find(const Header& header) const {
  const auto path = path_of(header);
  const auto route = std::find_if(routes_.begin(), routes_.end(), [&](const Route& each) {
    return each.matches(header.method(), path);
  });
  return route == routes_.end() ? fallback_ : route->handler;
}

Handler Router::handler() const {
  Handler all;
  all.answer = [this](Request request, Reply reply) {
    const auto& handler = find(request);
    handler.answer(std::move(request), std::move(reply));
  };
  all.screen = [this](const Header& header, bool encrypted) -> std::optional<Response> {
    const auto& handler = find(header);
    if (!handler.screen) return std::nullopt;
    return handler.screen(header, encrypted);
  };
  all.refuse = fallback_.refuse;
  return all;
}

}  // namespace orch::http
