#include "workers/postgres/planning.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "workers/postgres/names.h"
#include "workers/postgres/type_name.h"
#include "workers/postgres/types.h"
#include "workers/postgres/user_types.h"
#include "workers/worker.h"

namespace orch::postgres {
namespace {

using data::Kind;

constexpr std::string_view make_the_type = "the type does not exist in the target; create it there";

/// Enums may differ: a label that the target lacks is refused when it comes.
bool alike(const data::UserType& one, const data::UserType& other) {
  return one.form == other.form && one.attributes == other.attributes;
}

/// Schemas in which only the server and orch make types.
bool reserved_schema(const std::string& schema) {
  return schema.starts_with("pg_") || schema == "information_schema" || schema == "orch" ||
         schema == "orch_stage";
}

class Planner {
 public:
  Planner(pg::Connection& connection, const data::PlanRequest& request,
          const std::optional<Described>& existing)
      : connection_(connection), request_(request), existing_(existing) {
    plan_.request = request;
    plan_.request.target = resolved(request.target);
    plan_.create = !existing;
  }

  data::LoadPlan run() {
    if (request_.source.columns.empty()) mismatches_.push_back("the source has no columns to copy");
    for (std::size_t i = 0; i < request_.source.columns.size(); ++i) {
      if (existing_)
        into_existing(i);
      else
        into_new(i);
    }
    if (existing_) check_unfilled();
    check_key();
    report();
    choose_format();
    plan_.fingerprint = fingerprint();
    return std::move(plan_);
  }

 private:
  bool same_engine() const { return request_.source_engine == "postgresql"; }

  void into_new(std::size_t i) {
    const auto& from = request_.source.columns[i];
    data::Column to = from;
    to.name = request_.target_columns[i];
    to.generated = false;
    if (const auto type = type_for(i)) {
      to.native = *type;
      interpret(to);
      add(from, to);
    }
  }

  /// The type of a new column as the target spells it; unset, and a reason, when there is none.
  std::optional<std::string> type_for(std::size_t i) {
    const auto& from = request_.source.columns[i];
    if (!request_.target_types[i].empty()) return wished(request_.target_types[i], from.name);
    if (!same_engine()) {
      auto native = native_for(from);
      if (!native.empty()) return native;
      unsupported_.push_back(
          fmt::format("{} ({}): no PostgreSQL type holds all its values; give "
                      "it a \"type\" in the catalog",
                      from.name, from.native.empty() ? "no type" : from.native.shown()));
      return std::nullopt;
    }
    if (from.kind == Kind::other) plan_types(from);
    const auto found = in_target(from.native, from.name);
    if (!found) return std::nullopt;
    // Unchanged it keeps its spelling, which says that no cast is needed.
    const bool moved = found->schema() != TypeName::parse(from.native.shown())->schema();
    return moved ? spelled(*found) : from.native.shown();
  }

  /// The type that a source's database calls `native`: of the same name, or of an extension that
  /// lives in another schema here. Unset, and a reason, when the target has none and makes none.
  std::optional<TypeName> in_target(const data::TypeText& native, const std::string& column) {
    const auto type = TypeName::parse(native.shown());
    if (!type) {
      unsupported_.push_back(
          fmt::format("{}: \"{}\" is not the name of a type", column, native.shown()));
      return std::nullopt;
    }
    const auto same = [&](const data::UserType& each) {
      return each.schema == type->schema() && each.name == type->name();
    };
    if (exists(*type) || std::any_of(plan_.create_types.begin(), plan_.create_types.end(), same))
      return type;
    if (const auto schema = extension_schema(connection_, type->name()))
      return type->in_schema(*schema);
    unsupported_.push_back(fmt::format("{} ({}): {}", column, native.shown(), make_the_type));
    return std::nullopt;
  }

  // Types of the source's users are made in the target from their parts; one of that name with
  // other parts could spell the same values differently.
  void plan_types(const data::Column& from) {
    for (const auto& type : request_.source.types) {
      const bool needed =
          std::find(type.columns.begin(), type.columns.end(), from.name) != type.columns.end();
      if (!needed) continue;
      const auto there = find_type(connection_, TypeName::of(type.schema, type.name));
      if (!there.exists)
        add_type(type, from);
      else if (!there.type || !alike(*there.type, type))
        unsupported_.push_back(
            fmt::format("{} ({}): the target's type {}.{} is {}, the source's {}", from.name,
                        from.native.shown(), type.schema, type.name,
                        there.type ? shown(*there.type) : "another kind of type", shown(type)));
    }
  }

  void add_type(data::UserType type, const data::Column& from) {
    const auto known = std::any_of(plan_.create_types.begin(), plan_.create_types.end(),
                                   [&](const data::UserType& each) {
                                     return each.schema == type.schema && each.name == type.name;
                                   });
    if (known) return;
    if (reserved_schema(type.schema)) {
      unsupported_.push_back(fmt::format("{} ({}): no type is made in the schema {}", from.name,
                                         from.native.shown(), type.schema));
      return;
    }
    for (auto& attribute : type.attributes) {
      const auto found =
          in_target(attribute.type, fmt::format("{}, attribute {}", from.name, attribute.name));
      if (!found) return;
      attribute.type = found->sql();
    }
    plan_.create_types.push_back(std::move(type));
  }

  void into_existing(std::size_t i) {
    const auto& from = request_.source.columns[i];
    const auto& name = request_.target_columns[i];
    const auto& columns = existing_->table.columns;
    const auto found =
        std::find_if(columns.begin(), columns.end(),
                     [&](const data::Column& column) { return column.name == name; });
    if (found == columns.end()) {
      std::vector<std::string> names;
      for (const auto& column : columns) names.push_back(column.name);
      mismatches_.push_back(
          fmt::format("the target has no column {}{}", name, did_you_mean(name, names)));
    } else if (found->generated) {
      mismatches_.push_back(fmt::format("{} is computed by the target", name));
    } else {
      add(from, *found);
    }
  }

  void add(const data::Column& from, const data::Column& to) {
    if (same_engine()) {
      const auto expression = widened(from, to);
      if (!expression)
        unsupported_.push_back(fmt::format("{} ({}) does not fit into {} ({}) without loss",
                                           from.name, from.native.shown(), to.name,
                                           to.native.shown()));
      plan_.expressions.push_back(expression.value_or(""));
    } else if (to.kind == Kind::other || to.kind == Kind::any) {
      unsupported_.push_back(fmt::format("{} ({}) cannot be written as {} ({})", from.name,
                                         from.native.shown(), to.name, to.native.shown()));
    } else if (to.native == "jsonb") {
      // The server respells jsonb: what is read back would not be what was read.
      unsupported_.push_back(
          fmt::format("{} as jsonb is not kept byte for byte; use json or text", to.name));
    }
    plan_.columns.push_back(to);
  }

  // Columns of the target that get nothing must be able to do without.
  void check_unfilled() {
    for (const auto& column : existing_->table.columns) {
      const bool filled =
          std::any_of(plan_.columns.begin(), plan_.columns.end(),
                      [&](const data::Column& each) { return each.name == column.name; });
      if (filled || column.generated || column.nullable) continue;
      const auto has_default = connection_.exec(
          "SELECT atthasdef OR attidentity <> '' FROM pg_attribute WHERE attrelid = $1::oid AND "
          "attname = $2",
          {existing_->oid, column.name});
      if (!has_default.boolean(0, 0))
        mismatches_.push_back(
            fmt::format("the target's column {} is NOT NULL and gets no value", column.name));
    }
  }

  // A key holds no NULLs, even where the source's declaration would allow them, as SQLite's INTEGER
  // PRIMARY KEY does.
  void check_key() {
    for (const auto& key : request_.key_columns) {
      const auto found =
          std::find_if(plan_.columns.begin(), plan_.columns.end(),
                       [&](const data::Column& column) { return column.name == key; });
      const auto& copied = request_.target_columns;
      if (found != plan_.columns.end())
        found->nullable = false;
      else if (std::find(copied.begin(), copied.end(), key) == copied.end())
        mismatches_.push_back(fmt::format("the key column {} is not copied", key));
    }
    if (request_.strategy == data::Strategy::upsert && request_.key_columns.empty())
      mismatches_.push_back("upsert needs a key: give key_columns in the catalog");
  }

  void report() const {
    const auto table = plan_.request.target.display();
    if (!mismatches_.empty())
      throw workers::TaskFailed("Schema.Mismatch",
                                fmt::format("{}: {}", table, fmt::join(mismatches_, "; ")),
                                "change the catalog's columns or the target table", "ORCH-0411");
    if (!unsupported_.empty())
      throw workers::TaskFailed("Type.Unsupported",
                                fmt::format("{}: {}", table, fmt::join(unsupported_, "; ")),
                                "exclude the columns, or give them another type", "ORCH-0410");
  }

  void choose_format() {
    if (!same_engine()) return;
    const bool binary =
        std::all_of(plan_.columns.begin(), plan_.columns.end(),
                    [](const data::Column& column) { return portable_binary(column.native); }) &&
        (!existing_ || existing_->domain_arrays.empty());
    plan_.format = binary ? data::RowFormat::pg_binary : data::RowFormat::pg_text;
  }

  bool exists(const TypeName& type) {
    return !connection_.exec("SELECT to_regtype($1)", {type.sql()}).null(0, 0);
  }

  /// As the server itself describes a column of this type.
  std::string spelled(const TypeName& type) {
    const auto found = connection_.describe(fmt::format("SELECT NULL::{}", type.sql()));
    return std::string(
        connection_
            .exec(fmt::format("SELECT {} FROM (SELECT $1::oid AS typid, $2::int AS typmod) a",
                              type_spelling()),
                  {std::to_string(found.column_type(0)), std::to_string(found.column_modifier(0))})
            .text(0, 0));
  }

  /// The catalog's wish as the server spells it.
  std::optional<std::string> wished(const std::string& type, const std::string& column) {
    const auto name = TypeName::parse(type, "");
    if (!name) {
      unsupported_.push_back(fmt::format(
          "{}: the type \"{}\" of the catalog is not the name of one type", column, type));
      return std::nullopt;
    }
    try {
      return spelled(*name);
    } catch (const pg::Error& error) {
      unsupported_.push_back(
          fmt::format("{}: the type \"{}\" of the catalog: {}", column, type, error.what()));
      return std::nullopt;
    }
  }

  std::string fingerprint() const {
    std::string text;
    for (std::size_t i = 0; i < plan_.columns.size(); ++i)
      text += fmt::format("{}\x1f{}\x1f{}\x1f{}\x1e", request_.source.columns[i].name,
                          request_.source.columns[i].native.shown(), plan_.columns[i].name,
                          plan_.columns[i].native.shown());
    data::Digest hash;
    hash.add(text);
    return hash.hex();
  }

  pg::Connection& connection_;
  const data::PlanRequest& request_;
  const std::optional<Described>& existing_;
  data::LoadPlan plan_;
  std::vector<std::string> mismatches_;
  std::vector<std::string> unsupported_;
};

}  // namespace

data::LoadPlan make_plan(pg::Connection& connection, const data::PlanRequest& request,
                         const std::optional<Described>& existing) {
  return Planner(connection, request, existing).run();
}

}  // namespace orch::postgres
