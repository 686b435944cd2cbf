#include "workers/connectors/registry.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "workers/connectors/http.h"
#include "workers/csv/csv.h"
#include "workers/duckdb/duckdb.h"
#include "workers/jsonl/jsonl.h"
#include "workers/lake/lake.h"
#include "workers/mysql/mysql.h"
#include "workers/odbc/odbc.h"
#include "workers/odbc/server.h"
#include "workers/postgres/postgres.h"
#include "workers/sqlite/sqlite.h"

namespace orch::connectors {
namespace {

/// "a", "a or b", "a, b or c".
std::string any_of_these(const std::vector<std::string>& list) {
  std::string text;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) text += i + 1 == list.size() ? " or " : ", ";
    text += list[i];
  }
  return text;
}

}  // namespace

std::span<const data::Connector* const> all() {
  static const std::array connectors{
      &sqlite::connector(),      &csv::connector(),      &jsonl::connector(),
      &duckdb::connector(),      &lake::connector(),     &postgres::connector(),
      &mysql::connector(),       &odbc::connector(),     &odbc::sqlserver_connector(),
      &odbc::oracle_connector(), &odbc::db2_connector(), &http_connector(),
  };
  return connectors;
}

const data::Connector* connector_of_url(std::string_view url) {
  const auto colon = url.find(':');
  if (colon == std::string_view::npos) return nullptr;
  const auto scheme = url.substr(0, colon);
  for (const auto* connector : all())
    if (std::ranges::find(connector->schemes, scheme) != connector->schemes.end()) return connector;
  return nullptr;
}

std::string engines_that(Ability ability) {
  std::vector<std::string> engines;
  for (const auto* connector : all())
    if (connector->can.*ability) engines.emplace_back(connector->engine);
  return any_of_these(engines);
}

std::string schemes_that(Ability ability) {
  std::vector<std::string> schemes;
  for (const auto* connector : all())
    if (connector->can.*ability) schemes.push_back(fmt::format("{}:", connector->schemes.front()));
  return any_of_these(schemes);
}

std::string url_forms_that(Ability ability) {
  std::vector<std::string> forms;
  for (const auto* connector : all())
    if (connector->can.*ability) forms.emplace_back(connector->url_form);
  return any_of_these(forms);
}

}  // namespace orch::connectors
