// Which handler a request is for, by its method and path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/beast/http/verb.hpp>

#include "orchestrator/http/handler.h"

namespace orch::http {

/// The target after the host: proxies send the whole URL. Inside the header.
std::string_view path_of(const Header& header);

/// A request that matches no route goes to the fallback.
class Router {
 public:
  explicit Router(Handler fallback) : fallback_(std::move(fallback)) {}

  /// No methods: all of them. `path` is without a query; one that ends in "/*" stands for all paths
  /// below it. Of the routes that match, the first that was added counts.
  void add(std::vector<boost::beast::http::verb> methods, std::string path, Handler handler);
  const Handler& find(const Header& header) const;

  /// Of all routes together; a server's refusal before there is a header is the fallback's. The
  /// router must outlive it.
  Handler handler() const;

 private:
  struct Route {
    std::vector<boost::beast::http::verb> methods;
    std::string path;
    Handler handler;

    bool matches(boost::beast::http::verb method, std::string_view target) const;
  };

  std::vector<Route> routes_;
  Handler fallback_;
};

}  // namespace orch::http
