#include "orchestrator/db/odbc_handle.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <fmt/format.h>

#include "orchestrator/base/utf8.h"
#include "orchestrator/db/utf16.h"

namespace orch::odbc {
namespace {

constexpr std::chrono::milliseconds between_stops{100};
constexpr std::size_t longest_message = 2'000;
constexpr const char* hidden = "***";

struct Record {
  std::string sqlstate;
  int native = 0;
  std::string message;
};

std::u16string_view units(const SQLWCHAR* text, std::size_t size) {
  return {reinterpret_cast<const char16_t*>(text), size};  // NOLINT: see wide_of()
}

std::optional<Record> record_of(const Handle& handle, SQLSMALLINT number) {
  std::array<SQLWCHAR, 6> state{};
  std::array<SQLWCHAR, longest_message> message{};
  SQLINTEGER native = 0;
  SQLSMALLINT size = 0;
  const auto result = functions().GetDiagRecW(handle.type(), handle.get(), number, state.data(),
                                              &native, message.data(), longest_message, &size);
  if (!done(result)) return std::nullopt;
  const auto shown = std::clamp<std::size_t>(
      static_cast<std::size_t>(std::max<SQLSMALLINT>(size, 0)), 0, longest_message - 1);
  return Record{utf8_of(units(state.data(), 5)), native, utf8_of(units(message.data(), shown))};
}

/// Replaces the value after each `name`, up to the end of the attribute.
void hide_value(std::string& message, const std::string& name) {
  auto upper = boost::to_upper_copy(message);
  for (auto at = upper.find(name); at != upper.npos; at = upper.find(name, at)) {
    const auto begin = at + name.size();
    const bool braced = begin < message.size() && message[begin] == '{';
    auto end = message.find(braced ? '}' : ';', begin);
    while (braced && end != message.npos && message.substr(end, 2) == "}}")
      end = message.find('}', end + 2);
    if (end == message.npos) end = message.size();
    message.replace(begin, end + (braced && end < message.size() ? 1 : 0) - begin, hidden);
    upper = boost::to_upper_copy(message);
    at = begin;
  }
}

bool is_warning(const std::string& sqlstate) {
  return sqlstate.starts_with("00") || sqlstate.starts_with("01");
}

}  // namespace

Handle::Handle(SQLSMALLINT type, SQLHANDLE parent) : type_(type) {
  if (!done(functions().AllocHandle(type, parent, &handle_))) throw std::bad_alloc();
}

Handle::~Handle() { functions().FreeHandle(type_, handle_); }

std::string Scrubber::operator()(std::string message) const {
  // The secret first: what follows a name ends at a semicolon, and the secret may have one in it.
  if (!secret_.empty())
    for (const auto& spelled : {boost::replace_all_copy(secret_, "}", "}}"), secret_})
      boost::replace_all(message, spelled, hidden);
  for (const char* name : {"PWD=", "PASSWORD="}) hide_value(message, name);
  return message;
}

Error error_of(const Handle& handle, SQLHANDLE connection, const Scrubber& scrub) {
  // What is worse than a warning says what went wrong, be it the first record or not.
  Record first{"HY000", 0, ""};
  std::string message;
  for (SQLSMALLINT i = 1; const auto record = record_of(handle, i); ++i) {
    if (i == 1 || (is_warning(first.sqlstate) && !is_warning(record->sqlstate))) first = *record;
    message += (i == 1 ? "" : "; ") + record->message;
  }
  if (message.empty()) message = "the driver says nothing";
  SQLULEN dead = SQL_CD_FALSE;
  if (connection &&
      !done(functions().GetConnectAttrW(connection, SQL_ATTR_CONNECTION_DEAD, &dead, 0, nullptr)))
    dead = SQL_CD_FALSE;
  return {one_line(scrub(message)), first.sqlstate, first.native,
          static_cast<SQLUINTEGER>(dead) == SQL_CD_TRUE};
}

bool failed_in_part(const Handle& handle) {
  for (SQLSMALLINT i = 1; const auto record = record_of(handle, i); ++i) {
    const auto& state = record->sqlstate;
    if (!is_warning(state) || state == "01S01" || state == "01S07") return true;
  }
  return false;
}

Watch::Watch(Stop stop) : stop_(std::move(stop)) {
  if (stop_) thread_ = std::thread([this] { run(); });
}

Watch::~Watch() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void Watch::enter(SQLHANDLE statement) {
  const std::scoped_lock lock(mutex_);
  if (stopped_) throw Stopped();
  running_ = statement;
}

void Watch::leave() {
  const std::scoped_lock lock(mutex_);
  running_ = nullptr;
  if (stopped_) throw Stopped();
}

// The lock is held while a statement is cancelled, so that it is there as long as that takes.
void Watch::run() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, between_stops, [this] { return over_; })) {
    if (!running_ || (!stopped_ && !stop_())) continue;
    stopped_ = true;
    functions().Cancel(running_);
  }
}

}  // namespace orch::odbc
