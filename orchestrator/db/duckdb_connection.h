// What a connection of DuckDB is made of; for the files of this library alone.
#pragma once

#include <memory>
#include <utility>

#include "orchestrator/db/duckdb.h"
#include "orchestrator/db/duckdb_library.h"

namespace orch::duckdb {

/// An open database; the last connection to it closes it.
class Database {
 public:
  explicit Database(Handle handle) : handle_(handle) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() { functions().close(&handle_); }
  Handle handle() const { return handle_; }

 private:
  Handle handle_;
};

struct Connection::Impl {
  std::shared_ptr<Database> database;
  Handle connection = nullptr;

  explicit Impl(std::shared_ptr<Database> to) : database(std::move(to)) {
    if (functions().connect(database->handle(), &connection) != State::success)
      throw Error("no connection to the database", Error::Type::other);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { functions().disconnect(&connection); }
};

}  // namespace orch::duckdb
