#include "orchestrator/db/odbc_rows.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace orch::odbc {
namespace {

// Of one fetch: what the second-level cache takes, and no more rows than help.
constexpr std::size_t most_bytes = std::size_t{512} * 1024;
constexpr std::size_t most_rows = 1'000;
constexpr std::size_t first_piece = 4'096;

struct Transfer {
  SQLSMALLINT type;
  std::size_t size;        ///< of every value; 0: its own
  std::size_t terminator;  ///< bytes that the driver puts after a value
};

Transfer transfer_of(Form form) {
  switch (form) {
    case Form::integer:
      return {SQL_C_SBIGINT, sizeof(SQLBIGINT), 0};
    case Form::real:
      return {SQL_C_DOUBLE, sizeof(SQLDOUBLE), 0};
    case Form::date:
      return {SQL_C_TYPE_DATE, sizeof(SQL_DATE_STRUCT), 0};
    case Form::timestamp:
      return {SQL_C_TYPE_TIMESTAMP, sizeof(SQL_TIMESTAMP_STRUCT), 0};
    case Form::text:
      return {SQL_C_CHAR, 0, 1};
    case Form::wide:
      return {SQL_C_WCHAR, 0, sizeof(SQLWCHAR)};
    case Form::bytes:
      break;
  }
  return {SQL_C_BINARY, 0, 0};
}

/// A driver broke the rules of ODBC: nothing that it gave can be trusted.
Error broken(const std::string& what) {
  return Error(fmt::format("the driver is broken: {}", what), "HY000", 0);
}

/// Lengths that are none would be read as gigabytes.
void check_size(std::size_t column, SQLLEN size, Form form) {
  const bool negative = size < 0 && size != SQL_NULL_DATA && size != SQL_NO_TOTAL;
  const bool half = form == Form::wide && size > 0 && size % SQLLEN{sizeof(SQLWCHAR)} != 0;
  if (negative || half)
    throw broken(
        fmt::format("it gives {} as the length of a value of column {}", size, column + 1));
}

void set(const Handle& statement, SQLINTEGER attribute, SQLULEN value) {
  functions().SetStmtAttrW(statement.get(), attribute, reinterpret_cast<SQLPOINTER>(value),
                           0);  // NOLINT: what ODBC asks for
}

void set(const Handle& statement, SQLINTEGER attribute, void* place) {
  functions().SetStmtAttrW(statement.get(), attribute, place, 0);
}

}  // namespace

Rows::Inside::Inside(std::unique_ptr<Handle> statement, const Session& session,
                     std::span<const Fetch> columns)
    : statement_(std::move(statement)), session_(session) {
  for (const auto& fetch : columns) {
    const auto transfer = transfer_of(fetch.form);
    auto& column = columns_.emplace_back();
    column.fetch = fetch;
    if (transfer.size > 0) column.fetch.longest = transfer.size;
    if (column.fetch.longest > 0) column.stride = column.fetch.longest + transfer.terminator;
    pieces_ = pieces_ || column.stride == 0;
  }
  bind();
}

void Rows::Inside::bind() {
  std::size_t width = 1;
  for (const auto& column : columns_) width += column.stride;
  const auto rows = pieces_ ? 1 : std::clamp<std::size_t>(most_bytes / width, 1, most_rows);
  states_.resize(rows);
  set(*statement_, SQL_ATTR_ROW_BIND_TYPE, SQLULEN{SQL_BIND_BY_COLUMN});
  set(*statement_, SQL_ATTR_ROW_ARRAY_SIZE, SQLULEN{rows});
  set(*statement_, SQL_ATTR_ROW_STATUS_PTR, states_.data());
  set(*statement_, SQL_ATTR_ROWS_FETCHED_PTR, &fetched_);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto& column = columns_[i];
    column.sizes.resize(rows);
    column.buffer.resize(column.stride == 0 ? first_piece : column.stride * rows);
    if (column.stride == 0) continue;
    check(functions().BindCol(statement_->get(), static_cast<SQLUSMALLINT>(i + 1),
                              transfer_of(column.fetch.form).type, column.buffer.data(),
                              static_cast<SQLLEN>(column.stride), column.sizes.data()));
  }
}

bool Rows::Inside::next() {
  if (++row_ < fetched_) return true;
  if (!fetch()) return false;
  row_ = 0;
  for (std::size_t i = 0; pieces_ && i < columns_.size(); ++i)
    if (columns_[i].stride == 0) read_in_pieces(i);
  return true;
}

bool Rows::Inside::fetch() {
  const auto result =
      session_.watch->over(statement_->get(), [&] { return functions().Fetch(statement_->get()); });
  if (result == SQL_NO_DATA) return fetched_ = 0, false;
  check(result);
  if (fetched_ > states_.size())
    throw broken(
        fmt::format("it fetched {} rows where {} were asked for", fetched_, states_.size()));
  if (result == SQL_SUCCESS_WITH_INFO && failed_in_part(*statement_))
    throw error_of(*statement_, session_.connection, *session_.scrub);
  for (SQLULEN i = 0; i < fetched_; ++i)
    if (states_[i] == SQL_ROW_ERROR)
      throw error_of(*statement_, session_.connection, *session_.scrub);
  check_sizes();
  return fetched_ > 0;
}

void Rows::Inside::check(SQLRETURN result) const {
  if (!done(result)) throw error_of(*statement_, session_.connection, *session_.scrub);
}

/// What did not fit into its buffer was cut.
void Rows::Inside::check_sizes() const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& column = columns_[i];
    if (column.stride == 0) continue;
    const auto longest = static_cast<SQLLEN>(column.fetch.longest);
    for (SQLULEN row = 0; row < fetched_; ++row) {
      check_size(i, column.sizes[row], column.fetch.form);
      if (column.sizes[row] > longest || column.sizes[row] == SQL_NO_TOTAL) throw TooLong(i, true);
    }
  }
}

void Rows::Inside::read_in_pieces(std::size_t at) {
  auto& column = columns_[at];
  const auto transfer = transfer_of(column.fetch.form);
  std::size_t have = 0;
  for (;;) {
    const auto room = column.buffer.size() - have;
    SQLLEN left = 0;
    const auto result = session_.watch->over(statement_->get(), [&] {
      return functions().GetData(statement_->get(), static_cast<SQLUSMALLINT>(at + 1),
                                 transfer.type, column.buffer.data() + have,
                                 static_cast<SQLLEN>(room), &left);
    });
    if (result == SQL_NO_DATA) break;  // the piece before was the last
    check(result);
    if (left == SQL_NULL_DATA) {
      column.sizes[0] = SQL_NULL_DATA;
      return;
    }
    check_size(at, left, column.fetch.form);
    const auto fits = room - transfer.terminator;
    const bool last = left != SQL_NO_TOTAL && static_cast<std::size_t>(left) <= fits;
    have += last ? static_cast<std::size_t>(left) : fits;
    if (have > session_.largest_value) throw TooLong(at, false);
    if (last) break;
    const auto wanted = left == SQL_NO_TOTAL ? column.buffer.size() * 2
                                             : have + static_cast<std::size_t>(left) - fits + 64;
    column.buffer.resize(
        std::min(std::max(wanted, have + first_piece), session_.largest_value + first_piece));
  }
  column.sizes[0] = static_cast<SQLLEN>(have);
}

std::string_view Rows::Inside::bytes(std::size_t column) const {
  if (null(column)) return {};
  return {data(column), static_cast<std::size_t>(size(column))};
}

Rows::Rows(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Rows::Rows(Rows&&) noexcept = default;
Rows::~Rows() = default;

bool Rows::next() { return inside_->next(); }
bool Rows::null(std::size_t column) const { return inside_->null(column); }
std::int64_t Rows::integer(std::size_t column) const { return inside_->at<SQLBIGINT>(column); }
double Rows::real(std::size_t column) const { return inside_->at<SQLDOUBLE>(column); }
std::string_view Rows::bytes(std::size_t column) const { return inside_->bytes(column); }

std::u16string_view Rows::wide(std::size_t column) const {
  const auto bytes = inside_->bytes(column);
  // Every value begins where its buffer does, or a whole number of units after it.
  return {reinterpret_cast<const char16_t*>(bytes.data()),  // NOLINT
          bytes.size() / sizeof(char16_t)};
}

Moment Rows::moment(std::size_t column) const {
  const auto bytes = inside_->bytes(column);
  if (bytes.size() == sizeof(SQL_DATE_STRUCT)) {
    const auto date = inside_->at<SQL_DATE_STRUCT>(column);
    return {date.year, date.month, date.day};
  }
  const auto time = inside_->at<SQL_TIMESTAMP_STRUCT>(column);
  return {time.year, time.month, time.day, time.hour, time.minute, time.second, time.fraction};
}

}  // namespace orch::odbc
