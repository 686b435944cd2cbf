// Environments, connections, their attributes and what the driver says of itself.
#include <cstring>
#include <regex>

#include <fmt/format.h>

#include "tests/odbc_driver/handles.h"

using namespace recording;

namespace {

Connection& connection_of(SQLHDBC handle) { return *static_cast<Connection*>(handle); }
Statement& statement_of(SQLHSTMT handle) { return *static_cast<Statement*>(handle); }

/// Passwords do not belong into golden files.
std::string without_password(const std::string& text) {
  static const std::regex password("PWD=(\\{([^}]|\\}\\})*\\}|[^;]*)", std::regex::icase);
  return std::regex_replace(text, password, "PWD=***");
}

SQLRETURN put_text(const std::string& text, SQLPOINTER buffer, SQLSMALLINT bytes,
                   SQLSMALLINT* length) {
  const auto wide = utf16_of(text);
  const auto size = static_cast<SQLSMALLINT>(wide.size() * sizeof(SQLWCHAR));
  if (length) *length = size;
  if (!buffer || bytes < 2) return SQL_SUCCESS;
  const auto copied = std::min<std::size_t>(wide.size(), static_cast<std::size_t>(bytes) / 2 - 1);
  std::memcpy(buffer, wide.data(), copied * sizeof(SQLWCHAR));
  static_cast<SQLWCHAR*>(buffer)[copied] = 0;
  return SQL_SUCCESS;
}

struct InfoText {
  SQLUSMALLINT number;
  const char* name;       ///< in the script's info
  const char* otherwise;  ///< where the script has none
};
constexpr InfoText info_texts[] = {
    {SQL_DBMS_NAME, "dbms", "Recorded"},         {SQL_DBMS_VER, "version", "01.00.0000"},
    {SQL_DRIVER_NAME, "driver", "recording.so"}, {SQL_DRIVER_VER, "driver_version", "01.00"},
    {SQL_DRIVER_ODBC_VER, "odbc", "03.52"},      {SQL_IDENTIFIER_QUOTE_CHAR, "quote", "\""}};

}  // namespace

extern "C" {

SQLRETURN SQL_API SQLAllocHandle(SQLSMALLINT type, SQLHANDLE parent, SQLHANDLE* made) {
  switch (type) {
    case SQL_HANDLE_ENV:
      *made = new Handle(SQL_HANDLE_ENV);
      return SQL_SUCCESS;
    case SQL_HANDLE_DBC:
      *made = new Connection();
      return SQL_SUCCESS;
    case SQL_HANDLE_STMT:
      *made = new Statement(connection_of(parent));
      return SQL_SUCCESS;
    default:
      return SQL_ERROR;
  }
}

SQLRETURN SQL_API SQLFreeHandle(SQLSMALLINT type, SQLHANDLE handle) {
  if (type == SQL_HANDLE_STMT) {
    delete &statement_of(handle);
  } else if (type == SQL_HANDLE_DBC) {
    delete &connection_of(handle);
  } else {
    delete static_cast<Handle*>(handle);
  }
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLSetEnvAttr(SQLHENV, SQLINTEGER, SQLPOINTER, SQLINTEGER) { return SQL_SUCCESS; }

SQLRETURN SQL_API SQLDriverConnectW(SQLHDBC handle, SQLHWND, SQLWCHAR* text, SQLSMALLINT units,
                                    SQLWCHAR* told, SQLSMALLINT room, SQLSMALLINT* size,
                                    SQLUSMALLINT) {
  auto& connection = connection_of(handle);
  const auto words = utf8_of(text, units);
  record("connect " + without_password(words));
  try {
    if (const auto answer = Script::shared().answer("connect"); answer.error)
      return connection.fail(*answer.error);
  } catch (const std::exception& error) {
    return connection.fail({"HY000", 0, fmt::format("the script: {}", error.what())});
  }
  put_text(words, told, static_cast<SQLSMALLINT>(told ? room * 2 : 0), size);
  if (size) *size = static_cast<SQLSMALLINT>(*size / 2);
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLDisconnect(SQLHDBC) {
  record("disconnect");
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLSetConnectAttrW(SQLHDBC, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER) {
  record(fmt::format("connection attribute {} = {}", attribute,
                     reinterpret_cast<std::uintptr_t>(value)));  // NOLINT: as ODBC passes numbers
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetConnectAttrW(SQLHDBC handle, SQLINTEGER attribute, SQLPOINTER value,
                                     SQLINTEGER, SQLINTEGER*) {
  if (attribute != SQL_ATTR_CONNECTION_DEAD)
    return connection_of(handle).fail({"HYC00", 0, "Optional feature not implemented"});
  const SQLUINTEGER dead = connection_of(handle).dead ? SQL_CD_TRUE : SQL_CD_FALSE;
  std::memcpy(value, &dead, sizeof dead);
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetInfoW(SQLHDBC handle, SQLUSMALLINT what, SQLPOINTER buffer,
                              SQLSMALLINT bytes, SQLSMALLINT* length) {
  for (const auto& text : info_texts) {
    if (text.number != what) continue;
    const auto scripted = Script::shared().info(text.name);
    return put_text(scripted.empty() ? text.otherwise : scripted, buffer, bytes, length);
  }
  return connection_of(handle).fail({"HY096", 0, "Invalid information type"});
}

SQLRETURN SQL_API SQLEndTran(SQLSMALLINT, SQLHANDLE, SQLSMALLINT how) {
  record(how == SQL_COMMIT ? "commit" : "rollback");
  return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetDiagRecW(SQLSMALLINT, SQLHANDLE handle, SQLSMALLINT number, SQLWCHAR* state,
                                 SQLINTEGER* native, SQLWCHAR* message, SQLSMALLINT units,
                                 SQLSMALLINT* length) {
  const auto& records = static_cast<Handle*>(handle)->records;
  if (number < 1 || static_cast<std::size_t>(number) > records.size()) return SQL_NO_DATA;
  const auto& found = records[static_cast<std::size_t>(number) - 1];
  if (state) put_text(found.state, state, 12, nullptr);
  if (native) *native = found.native;
  SQLSMALLINT size = 0;
  put_text(found.message, message, static_cast<SQLSMALLINT>(units * 2), &size);
  if (length) *length = static_cast<SQLSMALLINT>(size / 2);
  return size / 2 < units ? SQL_SUCCESS : SQL_SUCCESS_WITH_INFO;
}

SQLRETURN SQL_API SQLGetDiagFieldW(SQLSMALLINT, SQLHANDLE handle, SQLSMALLINT, SQLSMALLINT field,
                                   SQLPOINTER value, SQLSMALLINT, SQLSMALLINT*) {
  if (field != SQL_DIAG_NUMBER) return SQL_NO_DATA;
  const auto count = static_cast<SQLINTEGER>(static_cast<Handle*>(handle)->records.size());
  std::memcpy(value, &count, sizeof count);
  return SQL_SUCCESS;
}

}  // extern "C"
