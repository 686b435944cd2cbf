#include "workers/connectors/http.h"

#include <utility>

#include <boost/url/parse.hpp>

namespace orch::connectors {
namespace {

class Server final : public data::Connection {
 public:
  explicit Server(std::string url) : url_(std::move(url)) {}

  /// A query may hold a key.
  std::string display() const override { return url_.substr(0, url_.find('?')); }
  std::string database(const std::filesystem::path&) const override { return url_; }
  data::Endpoint endpoint(const data::Opening& opening) const override {
    return {url_, opening.secret};
  }

 private:
  std::string url_;
};

std::unique_ptr<data::Connection> parse(const std::string& text, json::Fields& fields) {
  const auto url = boost::urls::parse_uri(text);
  if (!url)
    fields.problem("url", "not a URL: " + url.error().message(), "https://host:port/path");
  else if (url->has_userinfo())
    fields.problem("url", "a user or password must not stand in the URL",
                   R"(leave it out and add "token": {"env": "NAME"} or {"file": "path"})");
  else if (url->host().empty())
    fields.problem("url", "the URL names no host", "https://host:port/path");
  return std::make_unique<Server>(text);
}

}  // namespace

const data::Connector& http_connector() {
  static const data::Connector made{
      .engine = "http",
      .schemes = {"http", "https"},
      .url_form = "https://HOST/PATH",
      .can = {.endpoint = true},
      .names_path = false,
      .by_members = false,
      .secret = "token",
      .naming = {},
      .parse = parse,
  };
  return made;
}

}  // namespace orch::connectors
