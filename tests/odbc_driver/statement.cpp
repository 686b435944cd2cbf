// Statements: their texts, what they answer, and where the rows go.
#include <cstring>

#include <fmt/format.h>

#include "tests/odbc_driver/handles.h"

using namespace recording;

namespace {

Statement& statement_of(SQLHSTMT handle) { return *static_cast<Statement*>(handle); }

void forget_result(Statement& statement) {
  statement.answer = {};
  statement.next_row = statement.current_row = 0;
  statement.piece_column = 0;
}

/// Until SQLCancel.
SQLRETURN wait_for_cancel(Statement& statement) {
  std::unique_lock lock(statement.mutex);
  statement.cancelled_now.wait(lock, [&] { return statement.cancelled; });
  return statement.fail({"HY008", 0, "Operation canceled"});
}

SQLRETURN take_answer(Statement& statement, const std::string& text) {
  statement.records.clear();
  forget_result(statement);
  if (statement.connection.dead) return statement.fail(connection_lost());
  statement.answer = Script::shared().answer(text);
  auto& answer = statement.answer;
  if (answer.wait) return wait_for_cancel(statement);
  if (answer.after_rows > 0 || !answer.fails()) return SQL_SUCCESS;
  statement.connection.dead = answer.drop;
  return statement.fail(answer.drop ? connection_lost() : *answer.error);
}

SQLRETURN ask(SQLHSTMT handle, const char* how, const std::string& text) {
  const auto line = in_one_line(text);
  record(fmt::format("{} {}", how, line));
  return take_answer(statement_of(handle), line);
}

std::string name_in(const SQLWCHAR* text, SQLSMALLINT units) { return utf8_of(text, units); }

void put_name(const std::string& name, SQLWCHAR* buffer, SQLSMALLINT units, SQLSMALLINT* length) {
  const auto wide = utf16_of(name);
  if (length) *length = static_cast<SQLSMALLINT>(wide.size());
  if (!buffer || units < 1) return;
  const auto copied = std::min<std::size_t>(wide.size(), static_cast<std::size_t>(units) - 1);
  std::memcpy(buffer, wide.data(), copied * sizeof(SQLWCHAR));
  buffer[copied] = 0;
}

const Column* column_of(Statement& statement, SQLUSMALLINT number) {
  const auto& columns = statement.answer.columns;
  if (number >= 1 && number <= columns.size()) return &columns[number - 1U];
  statement.fail({"07009", 0, "Invalid descriptor index"});
  return nullptr;
}

}  // namespace

extern "C" {

SQLRETURN SQL_API SQLSetStmtAttrW(SQLHSTMT handle, SQLINTEGER attribute, SQLPOINTER value,
                                  SQLINTEGER) {
  auto& statement = statement_of(handle);
  switch (attribute) {
    case SQL_ATTR_ROW_ARRAY_SIZE:
      statement.array_size = reinterpret_cast<SQLULEN>(value);  // NOLINT: as ODBC passes numbers
      record(fmt::format("row array of {}", statement.array_size));
      return SQL_SUCCESS;
    case SQL_ATTR_ROWS_FETCHED_PTR:
      statement.fetched = static_cast<SQLULEN*>(value);
      return SQL_SUCCESS;
    case SQL_ATTR_ROW_STATUS_PTR:
      statement.states = static_cast<SQLUSMALLINT*>(value);
      return SQL_SUCCESS;
    default:
      return SQL_SUCCESS;
  }
}

SQLRETURN SQL_API SQLGetStmtAttrW(SQLHSTMT handle, SQLINTEGER, SQLPOINTER, SQLINTEGER,
                                  SQLINTEGER*) {
  return statement_of(handle).fail({"HYC00", 0, "Optional feature not implemented"});
}

SQLRETURN SQL_API SQLPrepareW(SQLHSTMT handle, SQLWCHAR* text, SQLINTEGER units) {
  return ask(handle, "prepare", utf8_of(text, units));
}

SQLRETURN SQL_API SQLExecute(SQLHSTMT) {
  record("execute");
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLExecDirectW(SQLHSTMT handle, SQLWCHAR* text, SQLINTEGER units) {
  return ask(handle, "sql", utf8_of(text, units));
}

SQLRETURN SQL_API SQLTablesW(SQLHSTMT handle, SQLWCHAR*, SQLSMALLINT, SQLWCHAR*, SQLSMALLINT,
                             SQLWCHAR*, SQLSMALLINT, SQLWCHAR*, SQLSMALLINT) {
  return ask(handle, "catalog", "SQLTables");
}

SQLRETURN SQL_API SQLColumnsW(SQLHSTMT handle, SQLWCHAR*, SQLSMALLINT, SQLWCHAR* schema,
                              SQLSMALLINT schema_units, SQLWCHAR* table, SQLSMALLINT table_units,
                              SQLWCHAR*, SQLSMALLINT) {
  return ask(handle, "catalog",
             fmt::format("SQLColumns({}, {})", name_in(schema, schema_units),
                         name_in(table, table_units)));
}

SQLRETURN SQL_API SQLPrimaryKeysW(SQLHSTMT handle, SQLWCHAR*, SQLSMALLINT, SQLWCHAR* schema,
                                  SQLSMALLINT schema_units, SQLWCHAR* table,
                                  SQLSMALLINT table_units) {
  return ask(handle, "catalog",
             fmt::format("SQLPrimaryKeys({}, {})", name_in(schema, schema_units),
                         name_in(table, table_units)));
}

SQLRETURN SQL_API SQLNumResultCols(SQLHSTMT handle, SQLSMALLINT* count) {
  const auto& answer = statement_of(handle).answer;
  *count = answer.columns_told.value_or(static_cast<SQLSMALLINT>(answer.columns.size()));
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLDescribeColW(SQLHSTMT handle, SQLUSMALLINT number, SQLWCHAR* name,
                                  SQLSMALLINT units, SQLSMALLINT* length, SQLSMALLINT* type,
                                  SQLULEN* size, SQLSMALLINT* digits, SQLSMALLINT* nullable) {
  const auto* column = column_of(statement_of(handle), number);
  if (!column) return SQL_ERROR;
  put_name(column->name, name, units, length);
  if (type) *type = column->type;
  if (size) *size = column->size;
  if (digits) *digits = column->digits;
  if (nullable) *nullable = column->nullable;
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLColAttributeW(SQLHSTMT handle, SQLUSMALLINT number, SQLUSMALLINT field,
                                   SQLPOINTER text, SQLSMALLINT bytes, SQLSMALLINT* length,
                                   SQLLEN* value) {
  auto& statement = statement_of(handle);
  const auto* column = column_of(statement, number);
  if (!column) return SQL_ERROR;
  switch (field) {
    case SQL_DESC_TYPE_NAME:
      put_name(column->type_name, static_cast<SQLWCHAR*>(text), static_cast<SQLSMALLINT>(bytes / 2),
               length);
      if (length) *length = static_cast<SQLSMALLINT>(*length * 2);
      return SQL_SUCCESS;
    case SQL_DESC_CONCISE_TYPE:
      *value = column->type;
      return SQL_SUCCESS;
    case SQL_DESC_LENGTH:
    case SQL_DESC_OCTET_LENGTH:
      *value = static_cast<SQLLEN>(column->size);
      return SQL_SUCCESS;
    case SQL_DESC_UNSIGNED:
      *value = SQL_FALSE;
      return SQL_SUCCESS;
    default:
      return statement.fail({"HY091", 0, "Invalid descriptor field identifier"});
  }
}

SQLRETURN SQL_API SQLRowCount(SQLHSTMT, SQLLEN* count) {
  *count = -1;
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLMoreResults(SQLHSTMT) { return SQL_NO_DATA; }

SQLRETURN SQL_API SQLFreeStmt(SQLHSTMT handle, SQLUSMALLINT what) {
  auto& statement = statement_of(handle);
  if (what == SQL_CLOSE) forget_result(statement);
  if (what == SQL_UNBIND) statement.bindings.clear();
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLCancel(SQLHSTMT handle) {
  auto& statement = statement_of(handle);
  record("cancel");
  const std::scoped_lock lock(statement.mutex);
  statement.cancelled = true;
  statement.cancelled_now.notify_all();
  return SQL_SUCCESS;
}

}  // extern "C"
