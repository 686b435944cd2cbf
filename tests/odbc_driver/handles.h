// Handles of the driver, and their diagnostic records.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/odbc_driver/script.h"

namespace recording {

struct Handle {
  explicit Handle(SQLSMALLINT of) : type(of) {}

  SQLSMALLINT type;
  std::vector<Failure> records;

  SQLRETURN fail(Failure failure) {
    records = {std::move(failure)};
    return SQL_ERROR;
  }
  SQLRETURN warn(Failure warning) {
    records.push_back(std::move(warning));
    return SQL_SUCCESS_WITH_INFO;
  }
};

struct Connection : Handle {
  Connection() : Handle(SQL_HANDLE_DBC) {}
  bool dead = false;
};

struct Binding {
  SQLSMALLINT c_type = 0;
  SQLPOINTER buffer = nullptr;
  SQLLEN capacity = 0;
  SQLLEN* indicators = nullptr;
};

struct Statement : Handle {
  explicit Statement(Connection& of) : Handle(SQL_HANDLE_STMT), connection(of) {}

  Connection& connection;
  Answer answer;
  std::size_t next_row = 0;
  std::size_t current_row = 0;  ///< which SQLGetData reads
  std::map<SQLUSMALLINT, Binding> bindings;
  SQLULEN array_size = 1;
  SQLULEN* fetched = nullptr;
  SQLUSMALLINT* states = nullptr;
  // Of SQLGetData.
  SQLUSMALLINT piece_column = 0;
  std::size_t piece_at = 0;
  std::size_t pieces = 0;

  std::mutex mutex;
  std::condition_variable cancelled_now;
  bool cancelled = false;
};

/// What a driver says of a connection that is gone.
inline Failure connection_lost() { return {"08S01", 0, "Communication link failure"}; }

std::string utf8_of(const SQLWCHAR* text, SQLLEN units);
std::u16string utf16_of(std::string_view text);

}  // namespace recording
