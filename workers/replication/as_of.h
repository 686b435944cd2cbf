// The moment of the source that a load shows.
#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace orch::replication {

/// {"time": ISO time in UTC, "lsn"? (PostgreSQL), "data_version"? (SQLite)} from the position of a
/// load: when its snapshot of the source was taken (for files: when the newest was written). Loads
/// of older versions have no time; then it is null.
boost::json::value as_of(const boost::json::object& position);

/// "2026-11-30 06:00:01 UTC (LSN 0/1A2B3C8)", for people; empty when it is not known.
std::string as_of_text(const boost::json::value& as_of);

}  // namespace orch::replication
