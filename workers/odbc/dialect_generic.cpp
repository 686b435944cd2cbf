// A server that nothing is known of: the driver tells what it can.
#include <array>

#include "workers/odbc/dialect.h"

namespace orch::odbc {
namespace {

using data::Kind;

// The names are those of ODBC's own codes, whatever the server calls its types.
constexpr std::array types = {
    Type{"boolean", Kind::boolean, Way::integer},
    Type{"smallint", Kind::int16, Way::integer},
    Type{"integer", Kind::int32, Way::integer},
    Type{"bigint", Kind::int64, Way::integer},
    Type{"real", Kind::float32, Way::real},
    Type{"double", Kind::float64, Way::real},
    Type{"decimal", Kind::numeric, Way::text, "{}", 128},
    Type{"char", Kind::text, Way::text},
    Type{"varchar", Kind::text, Way::text},
    Type{"text", Kind::text, Way::text},
    Type{"binary", Kind::bytes, Way::bytes},
    Type{"varbinary", Kind::bytes, Way::bytes},
    Type{"blob", Kind::bytes, Way::bytes},
    Type{"date", Kind::date, Way::date},
    Type{"time", Kind::time, Way::text, "{}", 32},
    Type{"timestamp", Kind::timestamp, Way::timestamp},
    Type{"uuid", Kind::uuid, Way::text, "{}", 38},
};

}  // namespace

const Dialect& generic() {
  static constexpr Dialect made{
      .name = "generic",
      .server = "a database",
      .products = "",
      .keeps_lengths = false,
      .catalog = {},
      .types = types,
      .other = {.name = "", .kind = data::Kind::other},
      .reading = {.view = {.name = "one statement", .sql = {}}},
      .positions = {},
      .watermarks = {.moments = false},
      .errors = {},
  };
  return made;
}

}  // namespace orch::odbc
