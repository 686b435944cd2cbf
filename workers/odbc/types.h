// Columns: what their types mean, how they are fetched, and the cells that values become.
#pragma once

#include <cstdint>
#include <string>

#include "orchestrator/db/odbc.h"
#include "workers/data/cell.h"
#include "workers/data/table.h"
#include "workers/odbc/dialect.h"

namespace orch::odbc {

/// Sets kind, precision, scale and length of a column by its `native` type as the dialect's catalog
/// spells it: "decimal(12,2)". `characters` is its longest text, or 0.
void interpret(const Dialect& dialect, data::Column& column, std::int64_t characters);

/// The dialect's own name of the column's type; nothing of the server's.
std::string_view type_name(const Dialect& dialect, const data::Column& column);

/// The type of a column of a result.
std::string native_of(const Dialect& dialect, const ResultColumn& column);

/// One column on its way.
struct Plan {
  data::Kind kind = data::Kind::other;
  Way way = Way::text;
  Fetch fetch;
  std::string select;  ///< SQL of the value
};

/// How a column is read. `quoted` is its name as SQL; with `wide`, texts are fetched as UTF-16.
Plan plan_of(const Dialect& dialect, const data::Column& column, const std::string& quoted,
             bool wide);

/// Where a cell's bytes may be.
struct Scratch {
  std::string text;
  std::string value;
};

/// The value at hand, which is not NULL. Texts, digits and bytes may live in `scratch` or the row.
/// What is not of the kind is a text, for the target to refuse. Throws BadText.
data::Cell cell_of(const Plan& plan, const Rows& rows, std::size_t column, Scratch& scratch);

/// A text that is no Unicode.
class BadText : public std::exception {
 public:
  const char* what() const noexcept override { return "a text is no Unicode"; }
};

}  // namespace orch::odbc
