#include "workers/jsonl/columns.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "workers/data/plan_json.h"
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

std::string_view native_of(Kind kind) {
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
      return data::kind_name(kind);
  }
}

std::optional<Kind> pinned_kind(const data::FileOptions& rules, std::string_view name) {
  for (const auto& [pinned, kind] : rules.types)
    if (pinned == name) return kind;
  return std::nullopt;
}

/// Collects the members of all rows.
class Survey {
 public:
  /// A pinned column is there whether objects have the member or not.
  explicit Survey(const data::FileOptions& rules) : rules_(rules) {
    for (const auto& [name, kind] : rules.types) add(name);
  }

  void take(const Lines& line, const std::vector<Member>& members) {
    ++rows_;
    for (const auto& member : members) {
      const auto known = places_.find(member.name);
      const auto place = known == places_.end() ? add(member.name) : known->second;
      if (!pinned_kind(rules_, member.name)) note(line, member, seen_[place]);
    }
  }

  Contents contents() const {
    Contents contents{{}, rows_};
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      data::Column column;
      column.name = names_[i];
      column.kind = pinned_kind(rules_, column.name).value_or(seen_[i].kind());
      column.native = std::string(native_of(column.kind));
      contents.columns.push_back(std::move(column));
    }
    return contents;
  }

 private:
  std::size_t add(const std::string& name) {
    places_.emplace(name, seen_.size());
    seen_.emplace_back();
    names_.push_back(name);
    return seen_.size() - 1;
  }

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

  const data::FileOptions& rules_;
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

Contents contents_of(const files::Store& store, const std::vector<files::FileState>& files,
                     const data::FileOptions& rules) {
  Survey survey(rules);
  Records records(rules);
  for (const auto& file : files) {
    Lines lines(file.name, store.open(file));
    while (lines.next()) {
      const auto fault = records.take(lines);
      if (fault && !sets_aside(rules)) throw *fault;
      if (!fault) survey.take(lines, records.members());
    }
  }
  return survey.contents();
}

bool sets_aside(const data::FileOptions& rules) {
  return rules.landing && !rules.landing->set_aside.empty();
}

Records::Records(const data::FileOptions& rules) {
  for (const auto& [name, kind] : rules.types) {
    data::Column column;
    column.name = name;
    column.kind = kind;
    column.native = std::string(data::kind_name(kind));
    pinned_.emplace_back(std::move(column), rules);
  }
}

std::optional<workers::TaskFailed> Records::take(const Lines& line) {
  try {
    split(line, members_);
    for (const auto& member : members_)
      for (auto& value : pinned_)
        if (value.column().name == member.name) value.read(line, member.value);
  } catch (const workers::TaskFailed& failure) {
    return failure;
  }
  return std::nullopt;
}

Value::Value(data::Column column, const data::FileOptions& rules) : column_(std::move(column)) {
  if (!pinned_kind(rules, column_.name)) return;
  texts_.emplace(column_.kind, rules.format);
  numbers_.emplace(column_.kind, data::FileFormat{});
}

data::Cell Value::read(const Lines& line, std::string_view json) {
  using Type = data::Cell::Type;
  const auto sort = sort_of(json);
  if (sort == Sort::null) return {};
  if (texts_) {
    if (const auto cell = pinned(line, json)) return *cell;
    throw another(line, column_, json);
  }
  if (column_.kind == Kind::boolean && sort == Sort::boolean)
    return {Type::boolean, json == "true" ? 1 : 0};
  if (column_.kind == Kind::json && sort == Sort::document) return {Type::text, json};
  if (column_.kind == Kind::text && sort == Sort::text) {
    scratch_ = unquoted(line, json);
    return {Type::text, std::string_view(scratch_)};
  }
  if (sort == Sort::number) {
    if (column_.kind == Kind::int64)
      if (const auto whole = rows::exact_integer(json)) return {Type::integer, *whole};
    if (column_.kind == Kind::float64)
      if (const auto real = rows::exact_double(json)) return {Type::real, *real};
    if (column_.kind == Kind::numeric)
      if (const auto decimal = rows::read_decimal(json, scratch_)) return data::Cell(*decimal);
  }
  throw another(line, column_, json);
}

std::optional<data::Cell> Value::read_text(const std::string& text) {
  if (texts_) return texts_->read(text);
  return data::Cell(data::Cell::Type::text, std::string_view(text));
}

data::Column partition_column(const std::string& name, const data::FileOptions& rules) {
  data::Column column;
  column.name = name;
  column.kind = pinned_kind(rules, name).value_or(Kind::text);
  column.native = std::string(native_of(column.kind));
  return column;
}

std::optional<data::Cell> Value::pinned(const Lines& line, std::string_view json) {
  const auto sort = sort_of(json);
  if (column_.kind == Kind::json) return data::Cell(data::Cell::Type::text, json);
  if (sort == Sort::document) return std::nullopt;
  if (sort != Sort::text) return numbers_->read(json);
  scratch_ = unquoted(line, json);
  return texts_->read(scratch_);
}

}  // namespace orch::jsonl
