#include "workers/jsonl/columns.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "workers/files/failures.h"
#include "workers/jsonl/members.h"
#include "workers/rows/decimal.h"
#include "workers/rows/number.h"

namespace orch::jsonl {
namespace {

using data::Kind;

enum class Sort : std::uint8_t { null, boolean, number, text, document };

Sort sort_of(std::string_view json) {
  switch (json.front()) {
    case 'n':
      return Sort::null;
    case 't':
    case 'f':
      return Sort::boolean;
    case '"':
      return Sort::text;
    case '{':
    case '[':
      return Sort::document;
    default:
      return Sort::number;
  }
}

const char* name_of(Sort sort) {
  constexpr const char* names[] = {"null", "a boolean", "a number", "a text",
                                   "an object or an array"};
  return names[static_cast<std::size_t>(sort)];
}

/// What the values of one member are.
struct Seen {
  Sort sort = Sort::null;
  std::string file;  ///< where the first one that is not null stands
  std::int64_t line = 0;
  bool fractions = false;  ///< numbers that a double keeps and an int64 does not
  bool wide = false;       ///< int64 numbers that a double does not keep
  bool decimals = false;   ///< numbers that neither keeps

  void take_number(std::string_view json) {
    if (const auto whole = rows::exact_integer(json))
      wide = wide || !rows::exact_double(*whole);
    else if (rows::exact_double(json))
      fractions = true;
    else
      decimals = true;
  }

  Kind kind() const {
    switch (sort) {
      case Sort::boolean:
        return Kind::boolean;
      case Sort::number:
        if (decimals || (fractions && wide)) return Kind::numeric;
        return fractions ? Kind::float64 : Kind::int64;
      case Sort::document:
        return Kind::json;
      case Sort::null:
      case Sort::text:
        break;
    }
    return Kind::text;
  }
};

const char* native_of(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "boolean";
    case Kind::int64:
      return "integer";
    case Kind::float64:
      return "float";
    case Kind::numeric:
      return "numeric";
    case Kind::json:
      return "json";
    default:
      return "text";
  }
}

/// Collects the members of all rows.
class Survey {
 public:
  void take(const Lines& line, const std::vector<Member>& members) {
    ++rows_;
    for (const auto& member : members) {
      const auto [known, added] = places_.emplace(member.name, seen_.size());
      if (added) {
        seen_.emplace_back();
        names_.push_back(member.name);
      }
      note(line, member, seen_[known->second]);
    }
  }

  Contents contents() const {
    Contents contents{{}, rows_};
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      data::Column column;
      column.name = names_[i];
      column.kind = seen_[i].kind();
      column.native = native_of(column.kind);
      contents.columns.push_back(std::move(column));
    }
    return contents;
  }

 private:
  static void note(const Lines& line, const Member& member, Seen& seen) {
    const auto sort = sort_of(member.value);
    if (sort == Sort::null) return;
    if (seen.sort == Sort::null) {
      seen.sort = sort;
      seen.file = line.file();
      seen.line = line.line();
    }
    if (sort != seen.sort)
      throw files::malformed(
          line.file(), line.line(), fmt::format("{} in \"{}\"", name_of(sort), member.name),
          fmt::format("{}, as in {}, line {}", name_of(seen.sort), seen.file, seen.line),
          "write all values of a member as one sort, as texts for instance");
    if (sort == Sort::number) seen.take_number(member.value);
  }

  std::map<std::string, std::size_t, std::less<>> places_;
  std::vector<std::string> names_;
  std::vector<Seen> seen_;
  std::int64_t rows_ = 0;
};

workers::TaskFailed another(const Lines& line, const data::Column& column, std::string_view json) {
  return files::malformed(line.file(), line.line(),
                          fmt::format("{} in \"{}\"", json.substr(0, 80), column.name),
                          fmt::format("a value of the kind {}", column.native.shown()));
}

}  // namespace

Contents contents_of(const std::vector<std::filesystem::path>& files) {
  Survey survey;
  std::vector<Member> members;
  for (const auto& file : files) {
    Lines lines(file);
    while (lines.next()) {
      split(lines, members);
      survey.take(lines, members);
    }
  }
  return survey.contents();
}

data::Cell cell_of(const Lines& line, const data::Column& column, std::string_view json,
                   std::string& scratch) {
  using Type = data::Cell::Type;
  const auto sort = sort_of(json);
  if (sort == Sort::null) return {};
  if (column.kind == Kind::boolean && sort == Sort::boolean)
    return {Type::boolean, json == "true" ? 1 : 0};
  if (column.kind == Kind::json && sort == Sort::document) return {Type::text, json};
  if (column.kind == Kind::text && sort == Sort::text) {
    scratch = unquoted(line, json);
    return {Type::text, std::string_view(scratch)};
  }
  if (sort == Sort::number) {
    if (column.kind == Kind::int64)
      if (const auto whole = rows::exact_integer(json)) return {Type::integer, *whole};
    if (column.kind == Kind::float64)
      if (const auto real = rows::exact_double(json)) return {Type::real, *real};
    if (column.kind == Kind::numeric)
      if (const auto decimal = rows::read_decimal(json, scratch)) return data::Cell(*decimal);
  }
  throw another(line, column, json);
}

}  // namespace orch::jsonl
