// How many tables of a run may fail.
#pragma once

#include <cstddef>
#include <cstdint>

#include <boost/json/value.hpp>

namespace orch::replication {

/// Of `tables` tables: a number, or a share such as "10%", rounded down; null: none. Throws
/// TaskFailed "Input.Invalid" (ORCH-0530) for anything else.
std::int64_t allowed_failures(const boost::json::value* tolerance, std::size_t tables);

}  // namespace orch::replication
