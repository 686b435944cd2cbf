#include "workers/postgres/type_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/ascii.h"
#include "orchestrator/db/pg.h"
#include "workers/worker.h"

namespace orch::postgres {
namespace {

/// SQL's own types: keywords of the grammar rather than names in a catalog.
struct SqlType {
  std::string_view name;
  std::size_t modifiers = 0;     ///< how many it takes at most
  std::string_view before = {};  ///< what comes before the modifiers where they are not at the end
};

constexpr auto sql_types = std::to_array<SqlType>({
    {"boolean"},
    {"smallint"},
    {"integer"},
    {"bigint"},
    {"real"},
    {"double precision"},
    {"numeric", 2},
    {"character", 1},
    {"character varying", 1},
    {"bit", 1},
    {"bit varying", 1},
    {"time without time zone", 1, "time"},
    {"time with time zone", 1, "time"},
    {"timestamp without time zone", 1, "timestamp"},
    {"timestamp with time zone", 1, "timestamp"},
    {"interval", 1},
    {"interval year"},
    {"interval month"},
    {"interval day"},
    {"interval hour"},
    {"interval minute"},
    {"interval second", 1},
    {"interval year to month"},
    {"interval day to hour"},
    {"interval day to minute"},
    {"interval day to second", 1},
    {"interval hour to minute"},
    {"interval hour to second", 1},
    {"interval minute to second", 1},
});

/// Other spellings that people use for them. Not "bpchar": without a length it has none, where
/// "character" has one character.
constexpr auto aliases = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"bool", "boolean"},
    {"int2", "smallint"},
    {"int", "integer"},
    {"int4", "integer"},
    {"int8", "bigint"},
    {"float4", "real"},
    {"float8", "double precision"},
    {"float", "double precision"},
    {"decimal", "numeric"},
    {"dec", "numeric"},
    {"char", "character"},
    {"varchar", "character varying"},
    {"char varying", "character varying"},
    {"varbit", "bit varying"},
    {"time", "time without time zone"},
    {"timetz", "time with time zone"},
    {"timestamp", "timestamp without time zone"},
    {"timestamptz", "timestamp with time zone"},
});

const SqlType* sql_type(std::string_view words) {
  for (const auto& [alias, name] : aliases)
    if (alias == words) words = name;
  const auto* found = std::find_if(sql_types.begin(), sql_types.end(),
                                   [&](const SqlType& type) { return type.name == words; });
  return found == sql_types.end() ? nullptr : found;
}

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}
bool continues_name(char c) { return starts_name(c) || is_digit(c) || c == '$'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_integer(const std::string& text) {
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

std::string modifier_sql(const std::string& modifier) {
  return is_integer(modifier) ? modifier : pg::quote(modifier);
}

}  // namespace

/// type := words modifiers? words? ("[" "]")*   |   name ("." name)? modifiers? ("[" "]")*
class TypeParser {
 public:
  TypeParser(std::string_view text, std::string_view schema) : rest_(text), schema_(schema) {}

  std::optional<TypeName> run() {
    skip_blanks();
    const bool understood = quoted_next() || dotted() ? named() : words();
    if (!understood || !array() || !rest_.empty()) return std::nullopt;
    return std::move(type_);
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }

  bool quoted_next() const { return rest_.starts_with('"'); }

  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    skip_blanks();
    return true;
  }

  /// A plain name; as it is written.
  std::string word() {
    if (rest_.empty() || !starts_name(rest_.front())) return {};
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), continues_name);
    std::string found(rest_.begin(), end);
    rest_.remove_prefix(found.size());
    return found;
  }

  static std::string folded(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), lower);
    return name;
  }

  /// A plain name followed by a dot.
  bool dotted() const {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), continues_name);
    return end != rest_.begin() && end != rest_.end() && *end == '.';
  }

  /// A name, quoted or folded to lower case; empty when there is none.
  std::string name() {
    if (!quoted_next()) return folded(word());
    std::string found;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (c == '\0') return {};
      if (c == '"' && (i + 1 == rest_.size() || rest_[i + 1] != '"')) {
        rest_.remove_prefix(i + 1);
        return found;
      }
      if (c == '"') ++i;
      found += c;
    }
    return {};
  }

  bool named() {
    type_.schema_ = schema_;
    type_.name_ = name();
    if (rest_.starts_with('.')) {
      rest_.remove_prefix(1);
      type_.schema_ = std::exchange(type_.name_, name());
      if (type_.schema_.empty()) return false;
    }
    return !type_.name_.empty() && modifiers();
  }

  bool words() {
    std::string all;
    const auto gather = [&] {
      for (skip_blanks(); !rest_.empty() && starts_name(rest_.front()); skip_blanks())
        all += (all.empty() ? "" : " ") + folded(word());
    };
    gather();
    if (!modifiers()) return false;
    gather();
    if (const auto* known = sql_type(all)) {
      type_.schema_ = "pg_catalog";
      type_.name_ = known->name;
      type_.keyword_ = true;
      return type_.modifiers_.size() <= known->modifiers &&
             std::all_of(type_.modifiers_.begin(), type_.modifiers_.end(), is_integer);
    }
    type_.schema_ = schema_;
    type_.name_ = all;
    return !all.empty() && all.find(' ') == std::string::npos;
  }

  bool modifiers() {
    if (!take('(')) return true;
    do {
      auto modifier = quoted_next() ? name() : word();
      if (modifier.empty()) {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(),
                                          [](char c) { return is_digit(c) || c == '-'; });
        modifier.assign(rest_.begin(), end);
        rest_.remove_prefix(modifier.size());
        if (!is_integer(modifier)) return false;
      }
      type_.modifiers_.push_back(std::move(modifier));
    } while (take(','));
    return take(')');
  }

  bool array() {
    while (take('[')) {
      if (!take(']')) return false;
      type_.array_ = true;
    }
    skip_blanks();
    return true;
  }

  std::string_view rest_;
  std::string_view schema_;
  TypeName type_;
};

std::optional<TypeName> TypeName::parse(std::string_view text, std::string_view schema) {
  return TypeParser(text, schema).run();
}

TypeName TypeName::of(std::string schema, std::string name) {
  TypeName type;
  type.schema_ = std::move(schema);
  type.name_ = std::move(name);
  return type;
}

TypeName TypeName::in_schema(std::string schema) const {
  auto there = *this;
  there.schema_ = std::move(schema);
  return there;
}

std::string TypeName::sql() const {
  std::vector<std::string> numbers;
  for (const auto& modifier : modifiers_) numbers.push_back(modifier_sql(modifier));
  const auto modifiers =
      numbers.empty() ? std::string() : fmt::format("({})", fmt::join(numbers, ","));
  const auto* end = array_ ? "[]" : "";
  if (!keyword_)
    return fmt::format("{}{}{}{}", schema_.empty() ? "" : pg::quote(schema_) + ".",
                       pg::quote(name_), modifiers, end);
  const auto before = sql_type(name_)->before;
  if (before.empty()) return name_ + modifiers + end;
  return fmt::format("{}{}{}{}", before, modifiers, name_.substr(before.size()), end);
}

std::string type_sql(const data::TypeText& type, std::string_view column) {
  if (const auto parsed = TypeName::parse(type.shown())) return parsed->sql();
  throw workers::TaskFailed(
      "Type.Unsupported", fmt::format("{}: \"{}\" is not the name of a type", column, type.shown()),
      "exclude the column, or give it a \"type\" in the catalog", "ORCH-0410");
}

}  // namespace orch::postgres
