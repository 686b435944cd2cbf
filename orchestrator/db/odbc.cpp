#include "orchestrator/db/odbc.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/db/odbc_handle.h"
#include "orchestrator/db/odbc_rows.h"
#include "orchestrator/db/utf16.h"

namespace orch::odbc {
namespace {

constexpr std::size_t longest_name = 1'024;
using Name = std::array<SQLWCHAR, longest_name>;

std::string text_of(const Name& name, SQLSMALLINT units) {
  const auto size = std::clamp<std::size_t>(
      static_cast<std::size_t>(std::max<SQLSMALLINT>(units, 0)), 0, longest_name - 1);
  return utf8_of({reinterpret_cast<const char16_t*>(name.data()), size});  // NOLINT: see wide_of()
}

SQLPOINTER number(SQLULEN value) {
  return reinterpret_cast<SQLPOINTER>(value);  // NOLINT: what ODBC asks for
}

/// An environment of its own for every connection: driver managers let the connections of one wait
/// for each other.
std::unique_ptr<Handle> environment() {
  auto made = std::make_unique<Handle>(SQL_HANDLE_ENV, SQLHANDLE{});
  functions().SetEnvAttr(made->get(), SQL_ATTR_ODBC_VERSION, number(SQL_OV_ODBC3), 0);
  return made;
}

/// An argument of a function of the catalog; empty: any.
SQLWCHAR* given(std::u16string& text) { return text.empty() ? nullptr : wide_of(text); }
SQLSMALLINT size_of(const std::u16string& text) { return static_cast<SQLSMALLINT>(text.size()); }

template <class List>
std::vector<Named> listed(List list) {
  const auto env = environment();
  std::vector<Named> all;
  Name name{}, rest{};
  SQLSMALLINT name_size = 0, rest_size = 0;
  for (SQLUSMALLINT direction = SQL_FETCH_FIRST;; direction = SQL_FETCH_NEXT) {
    const auto result = list(env->get(), direction, name.data(), SQLSMALLINT{longest_name},
                             &name_size, rest.data(), SQLSMALLINT{longest_name}, &rest_size);
    if (!done(result)) return all;
    all.push_back({text_of(name, name_size), text_of(rest, rest_size)});
  }
}

}  // namespace

std::vector<Named> drivers() {
  auto all = listed(functions().DriversW);
  for (auto& one : all) one.driver.clear();  // its attributes
  return all;
}

std::vector<Named> data_sources() { return listed(functions().DataSourcesW); }

std::string attribute(std::string_view value) {
  std::string braced = "{";
  for (const char c : value) {
    braced += c;
    if (c == '}') braced += c;
  }
  return braced + "}";
}

struct Connection::Inside {
  std::unique_ptr<Handle> env = environment();
  std::unique_ptr<Handle> dbc = std::make_unique<Handle>(SQL_HANDLE_DBC, env->get());
  Scrubber scrub;
  std::size_t largest_value = 0;
  std::unique_ptr<Watch> watch;
  bool connected = false;
  bool in_transaction = false;

  ~Inside() {
    if (!connected) return;
    if (in_transaction) functions().EndTran(SQL_HANDLE_DBC, dbc->get(), SQL_ROLLBACK);
    functions().Disconnect(dbc->get());
  }

  void check(SQLRETURN result, const Handle& handle) const {
    if (!done(result)) throw error_of(handle, connected ? dbc->get() : nullptr, scrub);
  }

  void connect(const Options& options) {
    functions().SetConnectAttrW(dbc->get(), SQL_ATTR_LOGIN_TIMEOUT, number(options.connect_seconds),
                                0);
    const auto secret =
        options.plain_braces ? fmt::format("{{{}}}", options.secret) : attribute(options.secret);
    // FreeTDS takes a brace that ends the text for a part of the value.
    auto text = utf16_of(options.secret.empty() ? options.text
                                                : fmt::format("{};PWD={};", options.text, secret));
    Name told{};
    SQLSMALLINT size = 0;
    check(functions().DriverConnectW(dbc->get(), nullptr, wide_of(text),
                                     static_cast<SQLSMALLINT>(text.size()), told.data(),
                                     SQLSMALLINT{longest_name}, &size, SQL_DRIVER_NOPROMPT),
          *dbc);
    connected = true;
  }

  std::unique_ptr<Handle> statement() const {
    auto made = std::make_unique<Handle>(SQL_HANDLE_STMT, dbc->get());
    // What drivers do not know, they do not need.
    functions().SetStmtAttrW(made->get(), SQL_ATTR_CURSOR_TYPE, number(SQL_CURSOR_FORWARD_ONLY), 0);
    functions().SetStmtAttrW(made->get(), SQL_ATTR_NOSCAN, number(SQL_NOSCAN_ON), 0);
    return made;
  }

  /// Runs `call`, which is given the statement. Answers with the statement.
  template <class Call>
  std::unique_ptr<Handle> run(Call&& call) const {
    auto made = statement();
    const auto result = watch->over(made->get(), [&] { return call(made->get()); });
    if (result != SQL_NO_DATA) check(result, *made);
    return made;
  }

  std::unique_ptr<Handle> execute(const std::string& sql) const {
    auto text = utf16_of(sql);
    return run([&](SQLHANDLE handle) {
      return functions().ExecDirectW(handle, wide_of(text), static_cast<SQLINTEGER>(text.size()));
    });
  }

  SQLSMALLINT columns(const Handle& statement) const {
    SQLSMALLINT count = 0;
    check(functions().NumResultCols(statement.get(), &count), statement);
    return count;
  }

  Rows rows(std::unique_ptr<Handle> statement, std::span<const Fetch> columns) const {
    return Rows(std::make_unique<Rows::Inside>(
        std::move(statement), Session{dbc->get(), watch.get(), &scrub, largest_value}, columns));
  }

  Texts texts(std::unique_ptr<Handle> statement) const {
    const std::vector<Fetch> fetches(static_cast<std::size_t>(columns(*statement)));
    Texts all;
    if (fetches.empty()) return all;
    auto found = rows(std::move(statement), fetches);
    while (found.next()) {
      auto& row = all.emplace_back(fetches.size());
      for (std::size_t i = 0; i < row.size(); ++i)
        if (!found.null(i)) row[i] = utf8_of(found.wide(i));
    }
    return all;
  }

  /// The database that the connection is in, where the server has several.
  std::string catalog() const {
    Name text{};
    SQLINTEGER bytes = 0;
    const auto result =
        functions().GetConnectAttrW(dbc->get(), SQL_ATTR_CURRENT_CATALOG, text.data(),
                                    SQLINTEGER{longest_name * sizeof(SQLWCHAR)}, &bytes);
    if (!done(result)) return {};
    return text_of(text, static_cast<SQLSMALLINT>(bytes / SQLINTEGER{sizeof(SQLWCHAR)}));
  }

  std::string info(SQLUSMALLINT what) const {
    Name text{};
    SQLSMALLINT bytes = 0;
    const auto result = functions().GetInfoW(dbc->get(), what, text.data(),
                                             SQLSMALLINT{longest_name * sizeof(SQLWCHAR)}, &bytes);
    if (!done(result)) return {};
    return text_of(text, static_cast<SQLSMALLINT>(bytes / SQLSMALLINT{sizeof(SQLWCHAR)}));
  }

  ResultColumn described(const Handle& statement, SQLUSMALLINT number_of_column) const {
    Name name{};
    SQLSMALLINT size = 0, type = 0, digits = 0, nullable = 0;
    SQLULEN length = 0;
    check(functions().DescribeColW(statement.get(), number_of_column, name.data(),
                                   SQLSMALLINT{longest_name}, &size, &type, &length, &digits,
                                   &nullable),
          statement);
    Name type_name{};
    SQLSMALLINT bytes = 0;
    SQLLEN none = 0;
    const auto result = functions().ColAttributeW(
        statement.get(), number_of_column, SQL_DESC_TYPE_NAME, type_name.data(),
        SQLSMALLINT{longest_name * sizeof(SQLWCHAR)}, &bytes, &none);
    ResultColumn column;
    column.name = text_of(name, size);
    if (done(result))
      column.type_name =
          text_of(type_name, static_cast<SQLSMALLINT>(bytes / SQLSMALLINT{sizeof(SQLWCHAR)}));
    column.type = type;
    column.size = length;
    column.digits = digits;
    column.nullable = nullable != SQL_NO_NULLS;
    SQLLEN is_unsigned = SQL_FALSE;
    functions().ColAttributeW(statement.get(), number_of_column, SQL_DESC_UNSIGNED, nullptr, 0,
                              nullptr, &is_unsigned);
    column.is_unsigned = is_unsigned == SQL_TRUE;
    return column;
  }
};

Connection::Connection(const Options& options, Stop stop) : inside_(std::make_unique<Inside>()) {
  inside_->scrub = Scrubber(options.secret);
  inside_->largest_value = options.largest_value;
  inside_->connect(options);
  inside_->watch = std::make_unique<Watch>(std::move(stop));
}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

void Connection::exec(const std::string& sql) { inside_->execute(sql); }

Rows Connection::query(const std::string& sql, std::span<const Fetch> columns) {
  auto statement = inside_->execute(sql);
  const auto count = inside_->columns(*statement);
  if (static_cast<std::size_t>(count) != columns.size())
    throw Error(fmt::format("the driver is broken: it gives {} columns where {} were asked for",
                            count, columns.size()),
                "HY000", 0);
  return inside_->rows(std::move(statement), columns);
}

Texts Connection::texts(const std::string& sql) { return inside_->texts(inside_->execute(sql)); }

std::optional<std::string> Connection::value(const std::string& sql) {
  auto statement = inside_->execute(sql);
  const std::vector<Fetch> fetches(static_cast<std::size_t>(inside_->columns(*statement)));
  auto found = inside_->rows(std::move(statement), fetches);
  if (fetches.empty() || !found.next() || found.null(0)) return std::nullopt;
  return utf8_of(found.wide(0));
}

std::vector<ResultColumn> Connection::describe(const std::string& sql) {
  auto text = utf16_of(sql);
  const auto statement = inside_->run([&](SQLHANDLE handle) {
    return functions().PrepareW(handle, wide_of(text), static_cast<SQLINTEGER>(text.size()));
  });
  std::vector<ResultColumn> columns;
  const auto count = inside_->columns(*statement);
  for (SQLSMALLINT i = 1; i <= count; ++i)
    columns.push_back(inside_->described(*statement, static_cast<SQLUSMALLINT>(i)));
  return columns;
}

Texts Connection::tables() {
  auto within = utf16_of(inside_->catalog());
  return inside_->texts(inside_->run([&](SQLHANDLE handle) {
    return functions().TablesW(handle, given(within), size_of(within), nullptr, 0, nullptr, 0,
                               nullptr, 0);
  }));
}

Texts Connection::columns(const std::string& schema, const std::string& table) {
  auto within = utf16_of(inside_->catalog());
  auto in = utf16_of(schema);
  auto of = utf16_of(table);
  return inside_->texts(inside_->run([&](SQLHANDLE handle) {
    return functions().ColumnsW(handle, given(within), size_of(within), given(in), size_of(in),
                                given(of), size_of(of), nullptr, 0);
  }));
}

Texts Connection::primary_keys(const std::string& schema, const std::string& table) {
  auto within = utf16_of(inside_->catalog());
  auto in = utf16_of(schema);
  auto of = utf16_of(table);
  return inside_->texts(inside_->run([&](SQLHANDLE handle) {
    return functions().PrimaryKeysW(handle, given(within), size_of(within), given(in), size_of(in),
                                    given(of), size_of(of));
  }));
}

void Connection::begin() {
  inside_->check(functions().SetConnectAttrW(inside_->dbc->get(), SQL_ATTR_AUTOCOMMIT,
                                             number(SQL_AUTOCOMMIT_OFF), 0),
                 *inside_->dbc);
  inside_->in_transaction = true;
}

void Connection::commit() {
  inside_->check(functions().EndTran(SQL_HANDLE_DBC, inside_->dbc->get(), SQL_COMMIT),
                 *inside_->dbc);
}

std::string Connection::product() const { return inside_->info(SQL_DBMS_NAME); }
std::string Connection::version() const { return inside_->info(SQL_DBMS_VER); }
std::string Connection::driver() const {
  return fmt::format("{} {}", inside_->info(SQL_DRIVER_NAME), inside_->info(SQL_DRIVER_VER));
}
std::string Connection::quote_mark() const { return inside_->info(SQL_IDENTIFIER_QUOTE_CHAR); }

}  // namespace orch::odbc
