#include "workers/postgres/planning.h"

#include <algorithm>

#include <fmt/format.h>

#include "workers/postgres/dialect.h"
#include "workers/postgres/postgres.h"
#include "workers/postgres/table_facts.h"
#include "workers/postgres/type_name.h"
#include "workers/postgres/types.h"
#include "workers/postgres/user_types.h"
#include "workers/publishing/planning.h"

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

class Columns final : public publishing::ColumnPlanner {
 public:
  Columns(pg::Connection& connection, const data::PlanRequest& request)
      : connection_(connection), request_(request) {}

  data::Column new_column(std::size_t i, data::LoadPlan& plan,
                          publishing::PlanProblems& problems) override {
    const auto& from = request_.source.columns[i];
    data::Column to = from;
    to.name = request_.target_columns[i];
    to.generated = false;
    to.native = type_for(i, plan, problems).value_or("");
    if (!to.native.empty()) interpret(to);
    return to;
  }

  void fit(std::size_t i, const data::Column& to, data::LoadPlan& plan,
           publishing::PlanProblems& problems) override {
    const auto& from = request_.source.columns[i];
    if (to.native.empty()) return;  // told before
    if (same_family()) {
      const auto expression =
          of_same_extension(from.native, to.native) ? std::string() : widened(from, to);
      if (!expression)
        problems.unsupported(fmt::format("{} ({}) does not fit into {} ({}) without loss",
                                         from.name, from.native.shown(), to.name,
                                         to.native.shown()));
      plan.expressions.push_back(expression.value_or(""));
    } else if (to.kind == Kind::other || to.kind == Kind::any) {
      problems.unsupported(fmt::format("{} ({}) cannot be written as {} ({})", from.name,
                                       from.native.shown(), to.name, to.native.shown()));
    } else if (to.native == "jsonb") {
      // The server respells jsonb: what is read back would not be what was read.
      problems.unsupported(
          fmt::format("{} as jsonb is not kept byte for byte; use json or text", to.name));
    }
  }

  /// Rows travel as the server spells them where both ends are servers.
  void choose_format(data::LoadPlan& plan, const std::optional<Described>& existing) const {
    if (!same_family()) return;
    const bool binary =
        std::all_of(plan.columns.begin(), plan.columns.end(),
                    [](const data::Column& column) { return portable_binary(column.native); }) &&
        (!existing || existing->domain_arrays.empty());
    plan.format = binary ? data::RowFormat::pg_binary : data::RowFormat::pg_text;
  }

 private:
  bool same_family() const { return request_.source_traits.family == family_name; }

  /// The type of a new column as the target spells it; unset, and a reason, when there is none.
  std::optional<std::string> type_for(std::size_t i, data::LoadPlan& plan,
                                      publishing::PlanProblems& problems) {
    const auto& from = request_.source.columns[i];
    if (!request_.target_types[i].empty())
      return wished(request_.target_types[i], from.name, problems);
    if (!same_family()) {
      auto native = native_for(from);
      if (!native.empty()) return native;
      problems.unsupported(
          fmt::format("{} ({}): no PostgreSQL type holds all its values; give "
                      "it a \"type\" in the catalog",
                      from.name, from.native.empty() ? "no type" : from.native.shown()));
      return std::nullopt;
    }
    if (from.kind != Kind::other) return from.native.shown();  // which every server has
    plan_types(from, plan, problems);
    const auto found = in_target(from.native, from.name, plan, problems);
    if (!found) return std::nullopt;
    // Unchanged it keeps its spelling, which says that no cast is needed.
    const bool moved = found->schema() != TypeName::parse(from.native.shown())->schema();
    return moved ? spelled(*found) : from.native.shown();
  }

  /// The type that a source's database calls `native`: of the same name, or of an extension that
  /// lives in another schema here. Unset, and a reason, when the target has none and makes none.
  std::optional<TypeName> in_target(const data::TypeText& native, const std::string& column,
                                    data::LoadPlan& plan, publishing::PlanProblems& problems) {
    const auto type = TypeName::parse(native.shown());
    if (!type) {
      problems.unsupported(
          fmt::format("{}: \"{}\" is not the name of a type", column, native.shown()));
      return std::nullopt;
    }
    const auto same = [&](const data::UserType& each) {
      return each.schema == type->schema() && each.name == type->name();
    };
    if (exists(*type) || std::any_of(plan.create_types.begin(), plan.create_types.end(), same))
      return type;
    if (const auto schema = extension_schema(connection_, type->name()))
      return type->in_schema(*schema);
    problems.unsupported(fmt::format("{} ({}): {}", column, native.shown(), make_the_type));
    return std::nullopt;
  }

  // Types of the source's users are made in the target from their parts; one of that name with
  // other parts could spell the same values differently.
  void plan_types(const data::Column& from, data::LoadPlan& plan,
                  publishing::PlanProblems& problems) {
    for (const auto& type : request_.source.types) {
      const bool needed =
          std::find(type.columns.begin(), type.columns.end(), from.name) != type.columns.end();
      if (!needed) continue;
      const auto there = find_type(connection_, TypeName::of(type.schema, type.name));
      if (!there.exists)
        add_type(type, from, plan, problems);
      else if (!there.type || !alike(*there.type, type))
        problems.unsupported(fmt::format("{} ({}): the target's type {}.{} is {}, the source's {}",
                                         from.name, from.native.shown(), type.schema, type.name,
                                         there.type ? shown(*there.type) : "another kind of type",
                                         shown(type)));
    }
  }

  void add_type(data::UserType type, const data::Column& from, data::LoadPlan& plan,
                publishing::PlanProblems& problems) {
    const auto known = std::any_of(plan.create_types.begin(), plan.create_types.end(),
                                   [&](const data::UserType& each) {
                                     return each.schema == type.schema && each.name == type.name;
                                   });
    if (known) return;
    if (reserved_schema(type.schema)) {
      problems.unsupported(fmt::format("{} ({}): no type is made in the schema {}", from.name,
                                       from.native.shown(), type.schema));
      return;
    }
    for (auto& attribute : type.attributes) {
      const auto found =
          in_target(attribute.type, fmt::format("{}, attribute {}", from.name, attribute.name),
                    plan, problems);
      if (!found) return;
      attribute.type = found->sql();
    }
    plan.create_types.push_back(std::move(type));
  }

  /// One type of an extension, which each database has in a schema of its own.
  bool of_same_extension(const data::TypeText& from, const data::TypeText& to) {
    const auto one = TypeName::parse(from.shown());
    const auto other = TypeName::parse(to.shown());
    return one && other && one->schema() != other->schema() &&
           one->in_schema(other->schema()).sql() == other->sql() &&
           extension_schema(connection_, other->name()) == other->schema();
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
  std::optional<std::string> wished(const std::string& type, const std::string& column,
                                    publishing::PlanProblems& problems) {
    const auto name = TypeName::parse(type, "");
    if (!name) {
      problems.unsupported(fmt::format(
          "{}: the type \"{}\" of the catalog is not the name of one type", column, type));
      return std::nullopt;
    }
    // The plan is made in a transaction, which a refused type must not end.
    connection_.exec("SAVEPOINT wish");
    try {
      return spelled(*name);
    } catch (const pg::Error& error) {
      connection_.exec("ROLLBACK TO SAVEPOINT wish");
      problems.unsupported(
          fmt::format("{}: the type \"{}\" of the catalog: {}", column, type, error.what()));
      return std::nullopt;
    }
  }

  pg::Connection& connection_;
  const data::PlanRequest& request_;
};

/// Of each column: it must be given a value.
std::vector<bool> needed_columns(pg::Connection& connection, const Described& table) {
  const auto rows = connection.exec(
      "SELECT attnotnull AND NOT atthasdef AND attidentity = '' FROM pg_attribute "
      "WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
      {table.oid});
  std::vector<bool> needed;
  for (int row = 0; row < rows.rows(); ++row) needed.push_back(rows.boolean(row, 0));
  return needed;
}

constexpr const char* publication_sql = R"sql(
  SELECT string_agg(p.pubname, ', ' ORDER BY p.pubname)
    FROM pg_publication p
    JOIN pg_publication_tables t ON t.pubname = p.pubname
    JOIN pg_namespace n ON n.nspname = t.schemaname
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
   WHERE c.oid = $1::oid AND (p.pubupdate OR p.pubdelete)
     AND (c.relreplident = 'n' OR c.relreplident = 'd' AND NOT EXISTS
          (SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary)))sql";

/// Why the table cannot take the rows of `request`; empty: it can.
std::string why_unusable(pg::Connection& connection, const Described& table,
                         const data::PlanRequest& request) {
  if (table.relkind == 'p') {
    const auto partitions = connection.exec(
        "SELECT EXISTS (SELECT FROM pg_inherits WHERE inhparent = $1::oid)", {table.oid});
    return partitions.boolean(0, 0) ? "" : "the target is partitioned and has no partition";
  }
  if (table.relkind != 'r') return "the target is a view or a foreign table";
  if (request.only_reads || request.strategy == data::Strategy::append) return {};
  const auto publications = connection.exec(publication_sql, {table.oid});
  if (publications.null(0, 0)) return {};
  return fmt::format(
      "the target has no replica identity, and the publication {} makes the server refuse to "
      "update or delete its rows: give it one (ALTER TABLE … REPLICA IDENTITY FULL)",
      publications.text(0, 0));
}

}  // namespace

data::LoadPlan make_plan(pg::Connection& connection, const data::PlanRequest& request,
                         const std::optional<Described>& existing) {
  std::optional<publishing::PlannedTable> table;
  if (existing)
    table = publishing::PlannedTable{existing->table, state_of(*existing),
                                     why_unusable(connection, *existing, request),
                                     needed_columns(connection, *existing)};
  Columns columns(connection, request);
  auto plan = publishing::make_plan(dialect(), request, table, columns);
  columns.choose_format(plan, existing);
  return plan;
}

}  // namespace orch::postgres
