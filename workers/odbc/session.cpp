#include "workers/odbc/session.h"

#include <utility>

#include <boost/algorithm/string/replace.hpp>
#include <fmt/format.h>

#include "workers/odbc/drivers.h"
#include "workers/odbc/failures.h"

namespace orch::odbc {
namespace {

std::string doubled(std::string_view text, char sign) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == sign) out += c;
  }
  return out;
}

}  // namespace

Session connect(const Settings& settings) {
  const Place place{"Source", settings.display, "connecting"};
  const auto* named = dialect_named(settings.dialect);
  const auto chosen = guarded(place, generic(), [&] { return choose_driver(settings); });
  const auto* expected = named          ? named
                         : chosen.facts ? dialect_named(chosen.facts->dialect)
                                        : &generic();
  return guarded(place, expected ? *expected : generic(), [&] {
    Options options;
    options.text = chosen.attributes;
    options.secret = settings.secret;
    options.plain_braces = chosen.facts && chosen.facts->plain_braces;
    if (options.plain_braces && options.secret.find("};") != std::string::npos)
      throw workers::TaskFailed(
          "Connection.Unsupported",
          settings.display + ": the driver cannot be told a password that has \"};\" in it",
          "give the user another password", "ORCH-0305");
    options.connect_seconds = settings.connect_seconds;
    options.largest_value = settings.largest_value;
    Session session{Connection(options, settings.stop), named};
    if (!named) session.dialect = &dialect_of_product(session.connection.product());
    session.wide = !chosen.facts || !chosen.facts->narrow;
    session.quote = session.dialect->quote;
    if (session.dialect == &generic()) session.quote = session.connection.quote_mark();
    if (session.quote.size() == 1) session.quote += session.quote;
    for (const auto sql : session.dialect->session) session.connection.exec(std::string(sql));
    if (const auto sql = session.dialect->catalog.current; !sql.empty())
      session.current = session.connection.value(std::string(sql)).value_or("");
    return session;
  });
}

std::string begin_view(Session& session, std::string* advice) {
  const auto& reading = session.dialect->reading;
  const bool allowed = reading.allowed.empty() ||
                       session.connection.value(std::string(reading.allowed)).value_or("") == "1";
  const auto& view = allowed ? reading.view : reading.otherwise;
  if (!allowed && advice) *advice = reading.advice;
  if (reading.manual) session.connection.begin();
  for (const auto sql : view.sql) session.connection.exec(std::string(sql));
  return std::string(view.name);
}

std::string quoted(const Session& session, std::string_view name) {
  if (session.quote.size() < 2 || session.quote.front() == ' ') return std::string(name);
  return session.quote.front() + doubled(name, session.quote.back()) + session.quote.back();
}

std::string literal(std::string_view text) { return "'" + doubled(text, '\'') + "'"; }

std::string filled(std::string_view sql, const Session& session, const data::TableName& name) {
  std::string out;
  for (std::size_t at = 0; at < sql.size();) {
    const auto open = sql.find('{', at);
    out += sql.substr(at, open == sql.npos ? sql.npos : open - at);
    if (open == sql.npos) break;
    const auto close = sql.find('}', open);
    const auto word = sql.substr(open + 1, close - open - 1);
    out += session.dialect->text_prefix;
    out += literal(word == "schema" ? name.schema : word == "table" ? name.name : session.current);
    at = close + 1;
  }
  return out;
}

}  // namespace orch::odbc
