// Single statements on a SQLite file, for orch:sql.
#include <chrono>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/base/fault.h"
#include "orchestrator/base/time.h"
#include "orchestrator/base/utf8.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/db/sqlite_authorizer.h"
#include "orchestrator/json/text.h"
#include "workers/sqlite/bookkeeping.h"
#include "workers/sqlite/failures.h"
#include "workers/sqlite/sqlite.h"
#include "workers/sqlite/write_turn.h"

namespace orch::sqlite {
namespace {

using data::SqlAnswer;
using data::SqlRequest;

[[noreturn]] void refuse(const char* error, const std::string& message, const char* hint,
                         const char* code) {
  throw workers::TaskFailed(error, message, hint, code);
}

void bind(Statement& statement, int index, const boost::json::value& value) {
  if (value.is_null()) return statement.set_null(index);
  if (value.is_bool()) return statement.set_integer(index, value.get_bool() ? 1 : 0);
  if (value.is_int64()) return statement.set_integer(index, value.get_int64());
  if (value.is_double()) return statement.set_real(index, value.get_double());
  if (value.is_string()) return statement.set_text(index, value.get_string());
  refuse("Sql.ParameterInvalid", fmt::format("parameter {} does not fit 64 bits", index),
         "pass it as a text", "ORCH-0621");
}

/// The parameters as they are bound: SQLite reads the texts while the statement runs.
std::vector<boost::json::value> spelled(const SqlRequest& request) {
  std::vector<boost::json::value> params;
  for (const auto& param : request.params) {
    if (param.is_structured())
      params.emplace_back(json::write(param));
    else
      params.push_back(param);
  }
  return params;
}

boost::json::value text_value(std::string_view text, const std::string& column) {
  if (valid_prefix(text) != text.size())
    refuse("Sql.ValueUnsupported",
           fmt::format("column \"{}\" holds a text that is not UTF-8", column),
           "select hex(column) or cast it to a blob", "ORCH-0623");
  return boost::json::string(text);
}

boost::json::value bytes_value(std::string_view bytes) {
  std::string text = "\\x";
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return boost::json::string(text);
}

boost::json::value real_value(double value) {
  if (std::isfinite(value)) return value;
  return value > 0 ? "Infinity" : "-Infinity";  // SQLite keeps no NaN
}

boost::json::value value_of(const Statement& row, int column) {
  switch (row.storage(column)) {
    case Storage::integer:
      return row.int64(column);
    case Storage::real:
      return real_value(row.real(column));
    case Storage::text:
      return text_value(row.text(column), row.column_name(column));
    case Storage::blob:
      return bytes_value(row.blob(column));
    case Storage::null:
      break;
  }
  return nullptr;
}

void check_columns(const Statement& statement) {
  std::set<std::string> names;
  for (int i = 0; i < statement.columns(); ++i) {
    if (!names.insert(statement.column_name(i)).second)
      refuse("Sql.Failed", fmt::format("two columns are named \"{}\"", statement.column_name(i)),
             "give each column of the result a name of its own: AS", "ORCH-0620");
  }
}

std::int64_t size_of(const Statement& row, int column) {
  const auto storage = row.storage(column);
  if (storage == Storage::blob) return 2 * static_cast<std::int64_t>(row.blob(column).size());
  return storage == Storage::text ? static_cast<std::int64_t>(row.text(column).size()) : 8;
}

/// Adds the current row to `answer`; `bytes` counts what the values take.
void add_row(const Statement& statement, const SqlRequest& request, SqlAnswer& answer,
             std::int64_t& bytes) {
  boost::json::object row;
  for (int i = 0; i < statement.columns(); ++i) {
    bytes += size_of(statement, i);
    if (bytes > request.max_bytes)
      refuse("Sql.ResultTooLarge",
             fmt::format("the result is larger than {} bytes", request.max_bytes),
             "payloads carry references, not data: select less, or stage a table", "ORCH-0622");
    row[statement.column_name(i)] = value_of(statement, i);
  }
  if (static_cast<std::int64_t>(answer.rows.size()) >= request.max_rows)
    refuse("Sql.ResultTooLarge", fmt::format("the result has more than {} rows", request.max_rows),
           "raise max_rows, select less, or stage a table", "ORCH-0622");
  answer.rows.push_back(std::move(row));
}

/// Runs `work` with what statements of orch:sql may do; says in words what one may not.
template <class Work>
auto permitted(Database& db, Work&& work) {
  const Authorizer statements(db, Authorizer::Permit::statements);
  try {
    return work();
  } catch (const Error& error) {
    if (error.primary() != SQLITE_AUTH || statements.refused().empty()) throw;
    refuse("Sql.Failed", fmt::format("{} is not a statement for orch:sql", statements.refused()),
           "statements read and change rows and tables; other files, settings of the file and "
           "transactions are not theirs",
           "ORCH-0620");
  }
}

SqlAnswer execute_permitted(Database& db, const SqlRequest& request) {
  Statement statement(db, request.sql);
  check_columns(statement);
  const auto params = spelled(request);
  if (static_cast<int>(params.size()) != statement.parameters())
    refuse("Sql.ParameterInvalid",
           fmt::format("the statement has {} parameters, found {} params", statement.parameters(),
                       params.size()),
           "one element of params for each ?", "ORCH-0621");
  for (std::size_t i = 0; i < params.size(); ++i)
    bind(statement, static_cast<int>(i) + 1, params[i]);
  const auto before = db.total_changes();
  SqlAnswer answer;
  std::int64_t bytes = 0;
  while (statement.step()) add_row(statement, request, answer, bytes);
  answer.changes = db.total_changes() == before ? 0 : db.changes();
  return answer;
}

SqlAnswer execute(Database& db, const SqlRequest& request) {
  return permitted(db, [&] { return execute_permitted(db, request); });
}

/// The stop of a statement, which is its time limit too.
class Limit {
 public:
  Limit(const SqlRequest& request, const std::function<bool()>& stop)
      : seconds_(request.timeout_seconds), stop_([this, &stop] { return stop() || passed(); }) {}
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

  const std::function<bool()>& stop() const { return stop_; }
  bool passed() const { return seconds_.count() > 0 && Clock::now() - start_ > seconds_; }

 private:
  using Clock = std::chrono::steady_clock;
  std::chrono::seconds seconds_;
  Clock::time_point start_ = Clock::now();
  std::function<bool()> stop_;
};

std::string statement_text(const SqlRequest& request) {
  return json::write(boost::json::object{
      {"sql", request.sql},
      {"params", boost::json::array(request.params.begin(), request.params.end())}});
}

std::optional<SqlAnswer> recorded(Database& db, const SqlRequest& request) {
  Statement find(db, "SELECT statement, answer FROM orch_sql_once WHERE once_key = ?1");
  if (!find.bind(request.once).step()) return std::nullopt;
  if (find.text(0) != statement_text(request))
    refuse("Sql.OnceMismatch",
           fmt::format("\"{}\" was done once with another statement or other params", request.once),
           "give every statement a key of its own", "ORCH-0624");
  auto answer = json::parse(find.text(1));
  auto& object = answer.as_object();
  return SqlAnswer{std::move(object.at("rows").as_array()), object.at("changes").as_int64(), true};
}

void record(Database& db, const SqlRequest& request, const SqlAnswer& answer) {
  const auto now = wall_now();
  Statement(db,
            "INSERT INTO orch_sql_once (once_key, statement, answer, run, done_at) "
            "VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(request.once, statement_text(request),
            json::write(boost::json::object{{"rows", answer.rows}, {"changes", answer.changes}}),
            request.run, to_iso(now))
      .run();
}

class Session final : public data::SqlSession {
 public:
  Session(std::filesystem::path path, std::string display, std::chrono::milliseconds patience)
      : path_(std::move(path)), display_(std::move(display)), patience_(patience) {}

  SqlAnswer run(const SqlRequest& request, const std::function<bool()>& stop) override {
    return guarded({"Sql", display_, "running the statement"}, [&] {
      const Limit limit(request, stop);
      try {
        return only_reads(request) ? read(request, limit.stop()) : write(request, limit.stop());
      } catch (const Error& error) {
        if (error.primary() == SQLITE_INTERRUPT && !stop() && limit.passed())
          refuse("Sql.TimedOut",
                 fmt::format("{}: the statement took longer than {} s", display_,
                             request.timeout_seconds),
                 "raise timeout_seconds, or let the statement do less", "ORCH-0626");
        refuse_statement(error);
        throw;
      }
    });
  }

 private:
  bool only_reads(const SqlRequest& request) const {
    Database db(path_, Access::read_only);
    return permitted(db, [&] { return Statement(db, request.sql).read_only(); }) &&
           request.once.empty();
  }

  SqlAnswer read(const SqlRequest& request, const std::function<bool()>& stop) const {
    Database db(path_, Access::read_only);
    const StopWatch watch(db, stop);
    return execute(db, request);
  }

  SqlAnswer write(const SqlRequest& request, const std::function<bool()>& stop) const {
    const WriteTurn turn(path_, stop);
    Database db(path_, Access::read_write);
    db.set_busy_timeout(patience_);
    db.exec("PRAGMA foreign_keys = ON");
    if (!request.once.empty()) prepare_bookkeeping(db, display_);
    const StopWatch watch(db, stop);
    Transaction transaction(db);
    if (!request.once.empty()) {
      if (auto before = recorded(db, request)) return *before;
    }
    auto answer = execute(db, request);
    if (!request.once.empty()) record(db, request, answer);
    fault::point("sql.before_commit");
    transaction.commit();
    fault::point("sql.after_commit");
    return answer;
  }

  /// What is wrong with the statement itself, rather than with the file.
  void refuse_statement(const Error& error) const {
    const auto message = fmt::format("{}: {}", display_, error.reason());
    if (error.primary() == SQLITE_CONSTRAINT) refuse("Sql.Constraint", message, "", "ORCH-0625");
    if (error.primary() == SQLITE_ERROR || error.primary() == SQLITE_MISUSE ||
        error.primary() == SQLITE_MISMATCH)
      refuse("Sql.Failed", message, "", "ORCH-0620");
  }

  std::filesystem::path path_;
  std::string display_;
  std::chrono::milliseconds patience_;
};

}  // namespace

std::unique_ptr<data::SqlSession> open_sql(const std::filesystem::path& path, std::string display,
                                           std::chrono::milliseconds patience) {
  ping(path);
  return std::make_unique<Session>(path, std::move(display), patience);
}

}  // namespace orch::sqlite
