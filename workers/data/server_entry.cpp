#include "workers/data/server_entry.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::data {
namespace {

/// Members that a connection has instead of a URL.
void refuse_members(const ServerEntry& entry, json::Fields& fields) {
  for (const std::string name : entry.keywords) {
    if (!fields.get(name)) continue;
    const bool in_front =
        name == "host" || name == "port" || name == "user" || name == entry.database;
    fields.problem(name, fmt::format("a connection with a url has no member \"{}\"", name),
                   in_front ? fmt::format("write it into the url: {}", entry.example)
                            : fmt::format("write it at the end of the url: ?{}=…", name));
  }
}

Keywords parse_url(const ServerEntry& entry, const std::string& text, json::Fields& fields) {
  refuse_members(entry, fields);
  Keywords keywords;
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) {
    fields.problem("url", "not a URL: " + parsed.error().message(), std::string(entry.example));
    return keywords;
  }
  const auto& url = *parsed;
  if (url.has_password())
    fields.problem("url", "a password must not stand in the URL",
                   R"(leave it out and add "password": {"env": "NAME"} or {"file": "path"})");
  const auto set = [&](const char* name, std::string value) {
    if (!value.empty()) keywords[name] = std::move(value);
  };
  set("host", url.host_address());
  set("port", std::string(url.port()));
  set("user", url.user());
  auto path = url.path();
  if (path.starts_with('/')) path.erase(0, 1);
  set(entry.database, path);
  const std::vector<std::string> known(entry.keywords.begin(), entry.keywords.end());
  for (const auto& param : url.params()) {
    if (std::ranges::find(known, param.key) == known.end())
      fields.problem("url", fmt::format("no parameter \"{}\" in a {} URL{}", param.key,
                                        entry.server, did_you_mean(param.key, known)));
    else
      keywords[param.key] = param.value;
  }
  return keywords;
}

Keywords parse_members(const ServerEntry& entry, json::Fields& fields) {
  Keywords keywords;
  for (const char* name : entry.keywords) {
    const auto* value = fields.get(name);
    if (!value) continue;
    if (value->is_int64())
      keywords[name] = std::to_string(value->get_int64());
    else if (const auto text = fields.string(name))
      keywords[name] = *text;
  }
  return keywords;
}

}  // namespace

Keywords parse_server_entry(const ServerEntry& entry, const std::string& url,
                            json::Fields& fields) {
  return url.empty() ? parse_members(entry, fields) : parse_url(entry, url, fields);
}

int take_number(Keywords& keywords, const char* name, std::string_view what, int otherwise,
                int most, json::Fields& fields) {
  const auto found = keywords.extract(name);
  if (!found) return otherwise;
  const auto& text = found.mapped();
  const auto* end = text.data() + text.size();
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && rest == end && number >= 0 && number <= most) return number;
  fields.problem(fields.has("url") ? "url" : name,
                 fmt::format("{} must be {} to {}, found \"{}\"", name, what, most, text));
  return otherwise;
}

std::string host_identity(std::string host) {
  if (host.empty() || host.starts_with('/') || host.starts_with("127.") || host == "::1")
    return "localhost";
  std::ranges::transform(host, host.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return host;
}

}  // namespace orch::data
