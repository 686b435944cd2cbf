#include "workers/postgres/planning.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/base/error.h"
#include "workers/postgres/names.h"
#include "workers/postgres/types.h"
#include "workers/postgres/user_types.h"
#include "workers/worker.h"

namespace orch::postgres {
namespace {

using data::Kind;

/// Enums may differ: a label that the target lacks is refused when it comes.
bool is_enum(const std::string& shape) { return shape.starts_with("ENUM ("); }

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
    if (!request_.target_types[i].empty())
      to.native = spelled(request_.target_types[i], from.name);
    else if (!same_engine())
      to.native = native_for(from);
    if (to.native.empty()) {
      unsupported_.push_back(
          fmt::format("{} ({}): no PostgreSQL type holds all its values; give "
                      "it a \"type\" in the catalog",
                      from.name, from.native.empty() ? "no type" : from.native));
      return;
    }
    const bool needs_types = to.kind == Kind::other && to.native == from.native;
    if (needs_types) plan_types(from);
    if (!type_exists(to.native)) {
      const bool made = std::any_of(
          plan_.create_types.begin(), plan_.create_types.end(), [&](const data::UserType& type) {
            return to.native == type.name || to.native == type.name + "[]";
          });
      if (!made) {
        unsupported_.push_back(
            fmt::format("{} ({}): the type does not exist in the target; create it there first",
                        from.name, to.native));
        return;
      }
    }
    interpret(to);
    add(from, to);
  }

  // Types of the source's users are made in the target; one of that name that is made otherwise
  // could spell the same values differently.
  void plan_types(const data::Column& from) {
    for (const auto& type : request_.source.types) {
      const bool needed =
          std::find(type.columns.begin(), type.columns.end(), from.name) != type.columns.end();
      if (!needed) continue;
      const auto there = shape_of(connection_, type.name);
      if (there.empty())
        add_type(type);
      else if (there != type.shape && !(is_enum(there) && is_enum(type.shape)))
        unsupported_.push_back(fmt::format("{} ({}): the target's type {} is {}, the source's {}",
                                           from.name, from.native, type.name, there, type.shape));
    }
  }

  void add_type(const data::UserType& type) {
    const auto known =
        std::any_of(plan_.create_types.begin(), plan_.create_types.end(),
                    [&](const data::UserType& each) { return each.name == type.name; });
    if (!known) plan_.create_types.push_back(type);
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
                                           from.name, from.native, to.name, to.native));
      plan_.expressions.push_back(expression.value_or(""));
    } else if (to.kind == Kind::other || to.kind == Kind::any) {
      unsupported_.push_back(fmt::format("{} ({}) cannot be written as {} ({})", from.name,
                                         from.native, to.name, to.native));
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
      if (found == plan_.columns.end()) {
        mismatches_.push_back(fmt::format("the key column {} is not copied", key));
      } else {
        found->nullable = false;
      }
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
                    [](const data::Column& column) { return portable_binary(column.native); });
    plan_.format = binary ? data::RowFormat::pg_binary : data::RowFormat::pg_text;
  }

  bool type_exists(const std::string& native) {
    return !connection_.exec("SELECT to_regtype($1)", {native}).null(0, 0);
  }

  // The catalog's wish as the server spells it.
  std::string spelled(const std::string& type, const std::string& column) {
    try {
      const auto found = connection_.describe(fmt::format("SELECT NULL::{}", type));
      const auto name = connection_.exec(
          "SELECT format_type($1::oid, $2::int)",
          {std::to_string(found.column_type(0)), std::to_string(found.column_modifier(0))});
      return std::string(name.text(0, 0));
    } catch (const pg::Error& error) {
      unsupported_.push_back(
          fmt::format("{}: the type \"{}\" of the catalog: {}", column, type, error.what()));
      return "text";
    }
  }

  std::string fingerprint() const {
    std::string text;
    for (std::size_t i = 0; i < plan_.columns.size(); ++i)
      text += fmt::format("{}\x1f{}\x1f{}\x1f{}\x1e", request_.source.columns[i].name,
                          request_.source.columns[i].native, plan_.columns[i].name,
                          plan_.columns[i].native);
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
