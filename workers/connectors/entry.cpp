#include "workers/connectors/entry.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workers/connectors/registry.h"

namespace orch::connectors {
namespace {

const data::Connector* connector_of(const std::string& url, const json::Fields& fields) {
  const auto* connector = connector_of_url(url);
  if (connector) return connector;
  std::vector<std::string> known;
  for (const auto* each : all())
    for (const auto scheme : each->schemes) known.push_back(fmt::format("{}:", scheme));
  fields.problem("url", fmt::format("no connector for \"{}\"", url.substr(0, url.find(':') + 1)),
                 fmt::format("known: {}", fmt::join(known, ", ")));
  return nullptr;
}

/// The URL with the values of ${NAME} from the environment; unset when one is missing.
std::optional<std::string> expanded(const std::string& url, const json::Fields& fields) {
  std::string out;
  std::size_t at = 0;
  for (auto begin = url.find("${"); begin != url.npos; begin = url.find("${", at)) {
    const auto end = url.find('}', begin);
    const auto name = url.substr(begin + 2, end == url.npos ? url.npos : end - begin - 2);
    const char* value = end == url.npos ? nullptr : std::getenv(name.c_str());
    if (!value) {
      fields.problem("url",
                     end == url.npos ? std::string("\"${\" without \"}\"")
                                     : fmt::format("the environment variable {} is not set", name),
                     "${NAME} in a url stands for the environment variable NAME");
      return std::nullopt;
    }
    out += url.substr(at, begin - at) + value;
    at = end + 1;
  }
  return out + url.substr(at);
}

/// Of an entry without a URL.
const data::Connector* connector_by_engine(json::Fields& fields) {
  const auto engine = fields.string("engine").value_or("");
  std::vector<std::string> known;
  for (const auto* each : all()) {
    if (!each->by_members) continue;
    if (each->engine == engine) return each;
    known.push_back(fmt::format("\"{}\"", each->engine));
  }
  fields.problem("engine",
                 fmt::format("a connection without url needs \"engine\": {}, found \"{}\"",
                             fmt::join(known, " or "), engine),
                 "or give a url");
  return nullptr;
}

}  // namespace

Entry parse_entry(const std::string& name, json::Fields& fields) {
  Entry entry;
  entry.name = name;
  entry.rules = parse_rules(fields);
  auto url = fields.string("url");
  if (url && !(url = expanded(*url, fields))) return entry;
  entry.connector = url ? connector_of(*url, fields) : connector_by_engine(fields);
  if (!entry.connector) return entry;
  entry.connection = entry.connector->parse(url.value_or(""), fields);
  if (!entry.connector->secret.empty())
    entry.secret = parse_secret(fields, entry.connector->secret);
  fields.finish(fmt::format("a {} connection", entry.connector->engine));
  return entry;
}

}  // namespace orch::connectors
