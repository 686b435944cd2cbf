// Single statements on a PostgreSQL server, for orch:sql.
#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/db/pg_stream.h"
#include "orchestrator/json/strict.h"
#include "orchestrator/json/text.h"
#include "workers/postgres/bookkeeping.h"
#include "workers/postgres/failures.h"
#include "workers/postgres/postgres.h"
#include "workers/postgres/session.h"

namespace orch::postgres {
namespace {

using data::SqlAnswer;
using data::SqlRequest;

// Oids of the types that JSON has a kind for (catalog/pg_type.dat).
enum Type : std::uint32_t {
  bool_type = 16,
  int8_type = 20,
  int2_type = 21,
  int4_type = 23,
  oid_type = 26,
  json_type = 114,
  float4_type = 700,
  float8_type = 701,
  jsonb_type = 3802,
};

[[noreturn]] void refuse(const char* error, const std::string& message, const char* hint,
                         const char* code) {
  throw workers::TaskFailed(error, message, hint, code);
}

std::string spelled(const boost::json::value& value, std::size_t number) {
  if (!value.is_string()) return json::write(value);
  std::string text(value.get_string());
  if (text.find('\0') != std::string::npos)
    refuse("Sql.ParameterInvalid", fmt::format("parameter {} contains a zero byte", number),
           "PostgreSQL's texts cannot hold one", "ORCH-0621");
  return text;
}

pg::Params params_of(const SqlRequest& request) {
  pg::Params params;
  for (const auto& value : request.params) {
    if (value.is_null())
      params.emplace_back(std::nullopt);
    else
      params.emplace_back(spelled(value, params.size() + 1));
  }
  return params;
}

boost::json::value number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool finite = error == std::errc{} && text.find_first_of("Ny") == std::string_view::npos;
  if (finite && end == text.data() + text.size()) return value;
  return boost::json::string(text);  // NaN, Infinity
}

/// JSON in the database may be more than a payload can carry: numeric digits, duplicate keys.
boost::json::value document_of(std::string_view text, std::string_view column) {
  try {
    return json::parse_strict(text);
  } catch (const json::SyntaxError& error) {
    refuse("Sql.ValueUnsupported", fmt::format("column \"{}\": {}", column, error.what()),
           "select it as a text: column::text", "ORCH-0623");
  }
}

boost::json::value value_of(const pg::Result& row, int column) {
  if (row.null(0, column)) return nullptr;
  const auto text = row.text(0, column);
  switch (row.column_type(column)) {
    case bool_type:
      return text == "t";
    case int2_type:
    case int4_type:
    case int8_type:
    case oid_type:
      return row.int64(0, column);
    case float4_type:
    case float8_type:
      return number_of(text);
    case json_type:
    case jsonb_type:
      return document_of(text, row.column_name(column));
    default:
      return boost::json::string(text);
  }
}

void check_statement(const pg::Result& described, const SqlRequest& request) {
  std::set<std::string_view> names;
  for (int i = 0; i < described.columns(); ++i) {
    if (!names.insert(described.column_name(i)).second)
      refuse("Sql.Failed", fmt::format("two columns are named \"{}\"", described.column_name(i)),
             "give each column of the result a name of its own: AS", "ORCH-0620");
  }
  if (described.parameters() != static_cast<int>(request.params.size()))
    refuse("Sql.ParameterInvalid",
           fmt::format("the statement has {} parameters, found {} params", described.parameters(),
                       request.params.size()),
           "one element of params for each of $1, $2, …", "ORCH-0621");
}

/// Takes rows until there are too many.
class Rows {
 public:
  explicit Rows(const SqlRequest& request) : request_(request) {}

  void add(const pg::Result& result) {
    boost::json::object row;
    for (int i = 0; i < result.columns(); ++i) {
      bytes_ += static_cast<std::int64_t>(result.text(0, i).size());
      const auto name = result.column_name(i);
      row[{name.data(), name.size()}] = value_of(result, i);
    }
    if (bytes_ > request_.max_bytes)
      too_large(fmt::format("the result is larger than {} bytes", request_.max_bytes));
    if (static_cast<std::int64_t>(rows_.size()) >= request_.max_rows)
      too_large(fmt::format("the result has more than {} rows", request_.max_rows));
    rows_.push_back(std::move(row));
  }
  boost::json::array take() { return std::move(rows_); }

 private:
  [[noreturn]] static void too_large(const std::string& message) {
    refuse("Sql.ResultTooLarge", message,
           "payloads carry references, not data: select less, or stage a table", "ORCH-0622");
  }

  const SqlRequest& request_;
  boost::json::array rows_;
  std::int64_t bytes_ = 0;
};

SqlAnswer execute(pg::Connection& connection, const SqlRequest& request) {
  check_statement(connection.describe(request.sql), request);
  Rows rows(request);
  const auto end = pg::stream(connection, request.sql, params_of(request),
                              [&](const pg::Result& row) { rows.add(row); });
  const bool only_read = end.command().starts_with("SELECT") || end.command().starts_with("SHOW");
  return {rows.take(), only_read ? 0 : end.affected(), false};
}

std::string statement_text(const SqlRequest& request) {
  return json::write(boost::json::object{
      {"sql", request.sql},
      {"params", boost::json::array(request.params.begin(), request.params.end())}});
}

/// Takes the key, waiting for another session that holds it; false when it is done already.
bool claim(pg::Connection& connection, const SqlRequest& request) {
  return connection
             .exec(
                 "INSERT INTO orch.sql_once (once_key, statement, answer, run) "
                 "VALUES ($1, $2, '', $3) ON CONFLICT (once_key) DO NOTHING",
                 {request.once, statement_text(request), request.run})
             .affected() == 1;
}

SqlAnswer recorded(pg::Connection& connection, const SqlRequest& request) {
  const auto found = connection.exec(
      "SELECT statement, answer FROM orch.sql_once WHERE once_key = $1", {request.once});
  if (found.text(0, 0) != statement_text(request))
    refuse("Sql.OnceMismatch",
           fmt::format("\"{}\" was done once with another statement or other params", request.once),
           "give every statement a key of its own", "ORCH-0624");
  auto answer = json::parse(found.text(0, 1));
  auto& object = answer.as_object();
  return {std::move(object.at("rows").as_array()), object.at("changes").as_int64(), true};
}

void record(pg::Connection& connection, const SqlRequest& request, const SqlAnswer& answer) {
  connection.exec("UPDATE orch.sql_once SET answer = $2 WHERE once_key = $1",
                  {request.once, json::write(boost::json::object{{"rows", answer.rows},
                                                                 {"changes", answer.changes}})});
}

/// What is wrong with the statement itself, rather than with the server.
void refuse_statement(const std::string& display, const pg::Error& error) {
  const std::string_view state = error.sqlstate();
  const auto message = fmt::format("{}: {}{}", display, error.what(),
                                   error.detail().empty() ? "" : " (" + error.detail() + ")");
  if (state.starts_with("23")) refuse("Sql.Constraint", message, "", "ORCH-0625");
  for (const char* of_statement : {"42", "22", "0A", "25001", "2D", "P0"}) {
    if (state.starts_with(of_statement) && state != "42501")
      refuse("Sql.Failed", message, "", "ORCH-0620");
  }
}

class Session final : public data::SqlSession {
 public:
  explicit Session(Settings settings)
      : settings_(std::move(settings)),
        connection_(guarded(place(), [&] { return connect(settings_); })) {}

  SqlAnswer run(const SqlRequest& request, const std::function<bool()>& stop) override {
    return guarded(place(), [&] {
      try {
        const AlsoStop also(connection_, stop);
        return in_transaction(request);
      } catch (const pg::Error& error) {
        if (error.sqlstate() == "57014")
          refuse("Sql.TimedOut",
                 fmt::format("{}: the statement was cancelled after {} s or by an administrator",
                             settings_.display, request.timeout_seconds),
                 "raise timeout_seconds, or let the statement do less", "ORCH-0626");
        refuse_statement(settings_.display, error);
        throw;
      }
    });
  }

 private:
  Place place() const { return {"Sql", settings_.display, "running the statement"}; }

  SqlAnswer in_transaction(const SqlRequest& request) {
    if (!request.once.empty()) prepare_bookkeeping(connection_, settings_.display);
    pg::Transaction transaction(connection_);
    connection_.exec(fmt::format("SET LOCAL statement_timeout = '{}s'", request.timeout_seconds));
    if (!request.once.empty() && !claim(connection_, request))
      return recorded(connection_, request);
    auto answer = execute(connection_, request);
    if (!request.once.empty()) record(connection_, request, answer);
    fault::point("sql.before_commit");
    transaction.commit();
    fault::point("sql.after_commit");
    return answer;
  }

  Settings settings_;
  pg::Connection connection_;
};

}  // namespace

std::unique_ptr<data::SqlSession> open_sql(Settings settings) {
  return std::make_unique<Session>(std::move(settings));
}

}  // namespace orch::postgres
