// What the pieces of ODBC share: handles that end, failures, and a watch over calls that wait.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "orchestrator/db/odbc.h"
#include "orchestrator/db/odbc_library.h"

namespace orch::odbc {

/// An environment, connection or statement.
class Handle {
 public:
  Handle(SQLSMALLINT type, SQLHANDLE parent);
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();
  SQLHANDLE get() const { return handle_; }
  SQLSMALLINT type() const { return type_; }

 private:
  SQLSMALLINT type_;
  SQLHANDLE handle_ = nullptr;
};

/// Takes the password out of what drivers say: some repeat the connection string.
class Scrubber {
 public:
  explicit Scrubber(std::string secret = {}) : secret_(std::move(secret)) {}
  std::string operator()(std::string message) const;

 private:
  std::string secret_;
};

/// What the handle's diagnostic records say. `connection` may be null.
Error error_of(const Handle& handle, SQLHANDLE connection, const Scrubber& scrub);
/// After SQL_SUCCESS_WITH_INFO: whether something went wrong all the same. FreeTDS hands out the
/// rows before an error of the server so, and then says that there are no more; and a driver that
/// shortens a fraction says so in this way alone.
bool failed_in_part(const Handle& handle);

/// SQL_SUCCESS or SQL_SUCCESS_WITH_INFO.
inline bool done(SQLRETURN result) {
  return result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO;
}

inline SQLWCHAR* wide_of(std::u16string& text) {
  return reinterpret_cast<SQLWCHAR*>(text.data());  // NOLINT: unixODBC's is a 16-bit unit
}

/// Cancels a statement that waits when Stop answers true. It has a thread of its own, which asks
/// ten times a second while a call is under way.
class Watch {
 public:
  explicit Watch(Stop stop);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  /// Calls `work` on `statement`. Throws Stopped.
  template <class Work>
  SQLRETURN over(SQLHANDLE statement, Work&& work) {
    enter(statement);
    const SQLRETURN result = std::forward<Work>(work)();
    leave();
    return result;
  }

 private:
  void enter(SQLHANDLE statement);
  void leave();
  void run();

  Stop stop_;
  std::mutex mutex_;
  std::condition_variable ended_;
  SQLHANDLE running_ = nullptr;
  bool stopped_ = false;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace orch::odbc
