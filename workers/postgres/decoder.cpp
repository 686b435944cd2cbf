#include "workers/postgres/decoder.h"

#include <bit>
#include <cstdint>

#include "orchestrator/db/pg.h"
#include "workers/postgres/copy_format.h"
#include "workers/postgres/numeric.h"
#include "workers/rows/instant.h"

namespace orch::postgres {
namespace {

using data::Cell;
using data::Kind;
using Type = data::Cell::Type;

constexpr std::size_t uuid_size = 16;

[[noreturn]] void malformed() {
  throw pg::Error("the server's binary rows are not as the protocol says", "08P01");
}

std::uint16_t two(std::string_view bytes) {
  if (bytes.size() != 2) malformed();
  return get16(bytes.data());
}
std::uint32_t four(std::string_view bytes) {
  if (bytes.size() != 4) malformed();
  return get32(bytes.data());
}
std::uint64_t eight(std::string_view bytes) {
  if (bytes.size() != 8) malformed();
  return get64(bytes.data());
}

Cell boolean(std::string_view bytes) {
  if (bytes.size() != 1) malformed();
  return {Type::boolean, std::int64_t{bytes[0] != 0}};
}

Cell time(std::string_view bytes) {
  const auto micros = static_cast<std::int64_t>(eight(bytes));
  if (micros < 0 || micros > rows::micros_per_day) malformed();
  return {Type::time, micros};
}

Cell uuid(std::string_view bytes) {
  if (bytes.size() != uuid_size) malformed();
  return {Type::uuid, bytes};
}

Cell decimal(std::string_view bytes, std::string& digits) {
  if (digits.size() < most_digits(bytes.size())) digits.resize(most_digits(bytes.size()));
  const auto number = read_numeric(bytes, digits.data());
  if (!number) malformed();
  return Cell(*number);
}

Cell field(std::string_view bytes, Kind kind, std::string& digits) {
  switch (kind) {
    case Kind::boolean:
      return boolean(bytes);
    case Kind::int16:
      return {Type::integer, static_cast<std::int16_t>(two(bytes))};
    case Kind::int32:
      return {Type::integer, static_cast<std::int32_t>(four(bytes))};
    case Kind::int64:
      return {Type::integer, static_cast<std::int64_t>(eight(bytes))};
    case Kind::float32:
      return {Type::float32, std::bit_cast<float>(four(bytes))};
    case Kind::float64:
      return {Type::real, std::bit_cast<double>(eight(bytes))};
    case Kind::numeric:
      return decimal(bytes, digits);
    case Kind::date:
      return {Type::date, static_cast<std::int32_t>(four(bytes))};
    case Kind::time:
      return time(bytes);
    case Kind::timestamp:
      return {Type::timestamp, static_cast<std::int64_t>(eight(bytes))};
    case Kind::timestamptz:
      return {Type::timestamptz, static_cast<std::int64_t>(eight(bytes))};
    case Kind::uuid:
      return uuid(bytes);
    case Kind::bytes:
      return {Type::blob, bytes};
    case Kind::text:
    case Kind::json:
    case Kind::any:
    case Kind::other:
      break;
  }
  return {Type::text, bytes};
}

}  // namespace

bool read_as_is(Kind kind) {
  return kind != Kind::json && kind != Kind::any && kind != Kind::other;
}

void Decoder::decode(std::string_view tuple, std::span<Cell> cells) {
  if (tuple.size() < 2 || get16(tuple.data()) != kinds_.size()) malformed();
  tuple.remove_prefix(2);
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    if (tuple.size() < 4) malformed();
    const auto length = static_cast<std::int32_t>(get32(tuple.data()));
    tuple.remove_prefix(4);
    if (length < 0) continue;  // NULL
    const auto bytes = static_cast<std::size_t>(length);
    if (tuple.size() < bytes) malformed();
    cells[i] = field(tuple.substr(0, bytes), kinds_[i], digits_[i]);
    tuple.remove_prefix(bytes);
  }
  if (!tuple.empty()) malformed();
}

}  // namespace orch::postgres
