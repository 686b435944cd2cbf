// Rows into bound arrays, and values in pieces.
#include <fmt/format.h>

#include "tests/odbc_driver/handles.h"
#include "tests/odbc_driver/transfer.h"

using namespace recording;

namespace {

Statement& statement_of(SQLHSTMT handle) { return *static_cast<Statement*>(handle); }

/// Bytes from one value of a bound array to the next.
SQLLEN stride_of(const Binding& binding) {
  switch (binding.c_type) {
    case SQL_C_SBIGINT:
    case SQL_C_DOUBLE:
      return 8;
    case SQL_C_TYPE_DATE:
      return sizeof(SQL_DATE_STRUCT);
    case SQL_C_TYPE_TIMESTAMP:
      return sizeof(SQL_TIMESTAMP_STRUCT);
    default:
      return binding.capacity;
  }
}

SQLRETURN put_row(Statement& statement, const std::vector<Cell>& row, SQLULEN place) {
  SQLRETURN worst = SQL_SUCCESS;
  for (const auto& [number, binding] : statement.bindings) {
    if (number > row.size()) continue;
    std::size_t at = 0;
    const auto offset = static_cast<SQLLEN>(place) * stride_of(binding);
    const auto result =
        transfer(statement, row[number - 1U],
                 {binding.c_type, static_cast<char*>(binding.buffer) + offset, binding.capacity,
                  binding.indicators ? binding.indicators + place : nullptr},
                 at);
    if (result == SQL_ERROR) return result;
    if (result == SQL_SUCCESS_WITH_INFO) worst = result;
  }
  return worst;
}

SQLRETURN fail_here(Statement& statement) {
  const auto& answer = statement.answer;
  statement.connection.dead = answer.drop;
  record(fmt::format("fails after {} rows", statement.next_row));
  return statement.fail(answer.drop ? connection_lost() : *answer.error);
}

SQLRETURN fetch(Statement& statement) {
  const auto& answer = statement.answer;
  statement.records.clear();
  statement.piece_column = 0;
  if (statement.connection.dead) return statement.fail(connection_lost());
  const auto end = answer.fails() ? std::min(answer.after_rows, answer.count()) : answer.count();
  if (statement.next_row >= end && answer.fails()) return fail_here(statement);
  SQLULEN got = 0;
  SQLRETURN worst = SQL_SUCCESS;
  for (; got < statement.array_size && statement.next_row < end; ++got) {
    statement.current_row = statement.next_row++;
    const auto result =
        put_row(statement, answer.rows[statement.current_row % answer.rows.size()], got);
    if (result == SQL_ERROR) return result;
    if (result == SQL_SUCCESS_WITH_INFO) worst = result;
    if (statement.states)
      statement.states[got] = static_cast<SQLUSMALLINT>(
          result == SQL_SUCCESS ? SQL_ROW_SUCCESS : SQL_ROW_SUCCESS_WITH_INFO);
  }
  if (statement.states)
    for (auto i = got; i < statement.array_size; ++i) statement.states[i] = SQL_ROW_NOROW;
  if (statement.fetched) *statement.fetched = answer.rows_told.value_or(got);
  if (got > 0) return worst;
  record(fmt::format("rows {}", statement.next_row));
  return SQL_NO_DATA;
}

}  // namespace

extern "C" {

SQLRETURN SQL_API SQLBindCol(SQLHSTMT handle, SQLUSMALLINT number, SQLSMALLINT c_type,
                             SQLPOINTER buffer, SQLLEN capacity, SQLLEN* indicators) {
  auto& statement = statement_of(handle);
  if (!buffer) {
    statement.bindings.erase(number);
    return SQL_SUCCESS;
  }
  record(fmt::format("bind {} as {} of {}", number, c_type, capacity));
  statement.bindings[number] = {c_type, buffer, capacity, indicators};
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLFetch(SQLHSTMT handle) { return fetch(statement_of(handle)); }

SQLRETURN SQL_API SQLFetchScroll(SQLHSTMT handle, SQLSMALLINT orientation, SQLLEN) {
  auto& statement = statement_of(handle);
  if (orientation != SQL_FETCH_NEXT) return statement.fail({"HY106", 0, "Fetch type out of range"});
  return fetch(statement);
}

SQLRETURN SQL_API SQLGetData(SQLHSTMT handle, SQLUSMALLINT number, SQLSMALLINT c_type,
                             SQLPOINTER buffer, SQLLEN capacity, SQLLEN* indicator) {
  auto& statement = statement_of(handle);
  const auto& answer = statement.answer;
  statement.records.clear();
  if (number < 1 || number > answer.columns.size() || answer.rows.empty())
    return statement.fail({"07009", 0, "Invalid descriptor index"});
  if (statement.piece_column != number) {
    statement.piece_column = number;
    statement.piece_at = statement.pieces = 0;
  }
  if (answer.endless) statement.piece_at = 0;
  ++statement.pieces;
  const auto& cell = answer.rows[statement.current_row % answer.rows.size()][number - 1U];
  const auto result =
      transfer(statement, cell, {c_type, buffer, capacity, indicator}, statement.piece_at);
  if (result == SQL_SUCCESS && statement.pieces > 1)
    record(fmt::format("value of {} as {} in {} pieces", number, c_type, statement.pieces));
  return result;
}

}  // extern "C"
