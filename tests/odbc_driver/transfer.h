// Cells into the buffers of the application.
#pragma once

#include "tests/odbc_driver/handles.h"

namespace recording {

struct Place {
  SQLSMALLINT c_type;
  SQLPOINTER buffer;
  SQLLEN capacity;  ///< bytes
  SQLLEN* indicator;
};

/// Puts the cell there as its type asks, from byte `at` of a text or of bytes on, which it moves.
/// The warnings and failures of it are those of `statement`. Source: Microsoft, "ODBC Programmer's
/// Reference", Appendix D.
SQLRETURN transfer(Statement& statement, const Cell& cell, const Place& place, std::size_t& at);

}  // namespace recording
