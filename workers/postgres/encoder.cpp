#include "workers/postgres/encoder.h"

#include <bit>
#include <limits>
#include <vector>

#include "orchestrator/json/text.h"
#include "workers/postgres/copy_format.h"
#include "workers/postgres/numeric.h"
#include "workers/rows/instant.h"
#include "workers/rows/refusal.h"
#include "workers/rows/text.h"
#include "workers/rows/value.h"

namespace orch::postgres {
namespace {

using data::Cell;
using data::Kind;

/// How the values of one column travel.
struct Rule {
  std::string place;  ///< "public.Album.Title", for messages
  data::Column to;
  bool texts = false;     ///< the source has texts only
  int second_digits = 6;  ///< of a second that the type keeps
  bool padded = false;    ///< character(n): kept with blanks up to its length
};

template <class Int>
bool append_integer(std::string& out, const Cell& cell) {
  using Limits = std::numeric_limits<Int>;
  const auto value = rows::integer_of(cell, Limits::min(), Limits::max());
  if (!value) return false;
  const auto bits = static_cast<std::uint64_t>(*value);
  if constexpr (sizeof(Int) == 2) put16(out, static_cast<std::uint16_t>(bits));
  if constexpr (sizeof(Int) == 4) put32(out, static_cast<std::uint32_t>(bits));
  if constexpr (sizeof(Int) == 8) put64(out, bits);
  return true;
}

bool append_float(std::string& out, const Cell& cell) {
  const auto value = rows::float_of(cell);
  if (value) put32(out, std::bit_cast<std::uint32_t>(*value));
  return value.has_value();
}

bool append_double(std::string& out, const Cell& cell) {
  const auto value = rows::double_of(cell);
  if (value) put64(out, std::bit_cast<std::uint64_t>(*value));
  return value.has_value();
}

bool append_number(std::string& out, const Cell& cell, const Rule& rule, std::string& scratch) {
  const auto decimal = rows::number_of(cell, rule.to.precision, rule.to.scale, scratch);
  return decimal && append_numeric(out, *decimal, rule.to.precision > 0);
}

bool append_text(std::string& out, const Cell& cell, const Rule& rule, std::string& scratch) {
  const auto text = rows::text_of(cell, scratch);
  std::size_t characters = 0;
  if (!text || !rows::valid_text(*text, characters)) return false;
  const auto limit = static_cast<std::size_t>(rule.to.length);
  if (limit > 0 && characters > limit) return false;
  out += *text;
  // The digest is of what is kept.
  if (rule.padded) out.append(limit - characters, ' ');
  return true;
}

bool append_bytes(std::string& out, const std::optional<std::string_view>& bytes) {
  if (bytes) out += *bytes;
  return bytes.has_value();
}

bool append_date(std::string& out, const std::optional<std::int32_t>& days) {
  if (days) put32(out, static_cast<std::uint32_t>(*days));
  return days.has_value();
}

bool append_micros(std::string& out, const std::optional<std::int64_t>& micros, const Rule& rule) {
  // The server would round.
  if (!micros || !rows::keeps_micros(*micros, rule.second_digits)) return false;
  put64(out, static_cast<std::uint64_t>(*micros));
  return true;
}

bool append_json(std::string& out, const Cell& cell) {
  if (cell.type != Cell::Type::text || !json::well_formed(cell.bytes)) return false;
  out += cell.bytes;
  return true;
}

bool append_value(std::string& out, const Cell& cell, const Rule& rule, std::string& scratch) {
  switch (rule.to.kind) {
    case Kind::boolean: {
      const auto value = rows::boolean_of(cell);
      if (value) out += *value ? '\1' : '\0';
      return value.has_value();
    }
    case Kind::int16:
      return append_integer<std::int16_t>(out, cell);
    case Kind::int32:
      return append_integer<std::int32_t>(out, cell);
    case Kind::int64:
      return append_integer<std::int64_t>(out, cell);
    case Kind::float32:
      return append_float(out, cell);
    case Kind::float64:
      return append_double(out, cell);
    case Kind::numeric:
      return append_number(out, cell, rule, scratch);
    case Kind::text:
      return append_text(out, cell, rule, scratch);
    case Kind::bytes:
      return append_bytes(out, rows::bytes_of(cell, rule.texts, scratch));
    case Kind::date:
      return append_date(out, rows::date_of(cell));
    case Kind::time:
      return append_micros(out, rows::time_of(cell), rule);
    case Kind::timestamp:
      return append_micros(out, rows::timestamp_of(cell), rule);
    case Kind::timestamptz:
      return append_micros(out, rows::timestamptz_of(cell), rule);
    case Kind::uuid:
      return append_bytes(out, rows::uuid_of(cell, scratch));
    case Kind::json:
      return append_json(out, cell);
    case Kind::any:
    case Kind::other:
      break;
  }
  return false;
}

/// The digits of a second in "timestamp(3) without time zone".
int second_digits(const std::string& native) {
  const auto open = native.find('(');
  const bool given = open != std::string::npos && native.find(')', open) == open + 2;
  return given ? native[open + 1] - '0' : 6;
}

std::vector<Rule> rules_of(const data::LoadPlan& plan) {
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const auto& column = plan.columns[i];
    const bool timed = column.kind == Kind::time || column.kind == Kind::timestamp ||
                       column.kind == Kind::timestamptz;
    rules.push_back({plan.request.target.display() + "." + column.name, column,
                     plan.request.source_traits.texts,
                     timed ? second_digits(column.native.shown()) : 6,
                     column.native.shown().starts_with("character(")});
  }
  return rules;
}

class Encoder final : public data::RowEncoder {
 public:
  explicit Encoder(const data::LoadPlan& plan) : rules_(rules_of(plan)) {}

  void encode(std::span<const Cell> cells, std::string& out) override {
    put16(out, static_cast<std::uint16_t>(rules_.size()));
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (cells[i].type == Cell::Type::null) {
        put32(out, 0xFFFFFFFF);
        continue;
      }
      const auto length_at = out.size();
      put32(out, 0);
      if (!append_value(out, cells[i], rules_[i], scratch_)) refuse(cells[i], rules_[i]);
      const auto length = static_cast<std::uint32_t>(out.size() - length_at - 4);
      for (int byte = 0; byte < 4; ++byte)
        out[length_at + static_cast<std::size_t>(byte)] =
            static_cast<char>(length >> (24 - 8 * byte));
    }
  }

 private:
  [[noreturn]] static void refuse(const Cell& cell, const Rule& rule) {
    throw rows::value_refused(rule.place, rule.to.native.shown(), cell,
                              rows::expectation(rule.to.kind));
  }

  std::vector<Rule> rules_;
  std::string scratch_;
};

}  // namespace

std::unique_ptr<data::RowEncoder> make_encoder(const data::LoadPlan& plan) {
  return std::make_unique<Encoder>(plan);
}

}  // namespace orch::postgres
