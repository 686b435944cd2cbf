// token, audit: who may use the REST API of a server, and what they did.
#include "orchestrator/identity/tokens.h"

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/wall_clock.h"
#include "orchestrator/cli/audit.h"
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/render/text.h"
#include "orchestrator/json/text.h"
#include "orchestrator/store/open.h"

namespace orch::cli {
namespace {

namespace bj = boost::json;
using identity::Role;

struct TokenOptions {
  std::string name;
  std::string role = "viewer";
  std::int64_t days = 90;
  identity::Scope scope;
};

identity::TokenFile tokens_of(const Context& context) {
  return identity::TokenFile(
      identity::token_file(store::files_of(context.settings.value("store"))));
}

int add_token(const Context& context, const TokenOptions& options) {
  const auto role = identity::role_from(options.role);
  if (!role || *role == Role::none)
    throw Error("ORCH-0001", fmt::format("--role is \"{}\"", options.role),
                "one of: viewer, operator, approver, editor, admin");
  std::optional<Instant> expires;
  if (options.days > 0) expires = wall_now() + std::chrono::days(options.days);
  const auto text = tokens_of(context).add(options.name, *role, wall_now(), expires, options.scope);
  record(context, "tokens.add", options.name);
  if (context.json())
    print_document(context, bj::object{{"name", options.name}, {"token", text}});
  else
    context.print(text + '\n');
  context.say("orch: this text is shown once; Authorization: Bearer TEXT");
  return Exit::ok;
}

int remove_token(const Context& context, const TokenOptions& options) {
  tokens_of(context).remove(options.name);
  record(context, "tokens.remove", options.name);
  return Exit::ok;
}

std::string limits_of(const identity::Scope& scope) {
  return scope.limited() ? json::write(identity::scope_document(scope)) : "";
}

int list_tokens(const Context& context) {
  const auto now = wall_now();
  render::Grid grid({{"TOKEN"}, {"ROLE"}, {"MADE"}, {"EXPIRES"}, {"LIMITED TO"}});
  bj::array documents;
  for (const auto& token : tokens_of(context).list()) {
    const bool over = token.expires_at && *token.expires_at <= now;
    const auto expires = token.expires_at ? to_iso(*token.expires_at) : "never";
    grid.add({token.name, std::string(to_string(token.role)), to_iso(token.made_at),
              over ? expires + " (expired)" : expires, limits_of(token.scope)});
    bj::object one{
        {"name", token.name}, {"role", to_string(token.role)}, {"made", to_iso(token.made_at)}};
    if (token.expires_at) one["expires"] = to_iso(*token.expires_at);
    if (token.scope.limited()) one["scope"] = identity::scope_document(token.scope);
    documents.push_back(std::move(one));
  }
  if (context.json())
    print_documents(context, documents);
  else
    context.print(grid.text(context.out.look));
  return Exit::ok;
}

std::string text_of(const bj::object& line, std::string_view member) {
  const auto* found = line.if_contains(member);
  return found && found->is_string() ? std::string(found->get_string()) : "";
}

int show_audit(const Context& context) {
  render::Grid grid({{"TIME"}, {"WHO"}, {"ROLE"}, {"FROM"}, {"ACTION"}, {"OBJECT"}, {"OUTCOME"}});
  bj::array documents;
  const auto wrong = audit_of(context).read([&](const bj::object& line) {
    if (context.json()) return documents.push_back(line);
    grid.add({text_of(line, "at"), text_of(line, "who"), text_of(line, "role"),
              text_of(line, "from"), text_of(line, "action"), text_of(line, "object"),
              text_of(line, "outcome")});
  });
  if (context.json())
    print_documents(context, documents);
  else
    context.print(grid.text(context.out.look));
  if (wrong)
    throw Error("ORCH-0050", "the audit log: " + *wrong,
                "the file was changed, or a part of it is lost");
  return Exit::ok;
}

}  // namespace

Action declare_token_add(Arguments& app) {
  const auto options = std::make_shared<TokenOptions>();
  app.add_option("name", options->name, "of whom or what uses it")->type_name("NAME")->required();
  app.add_option("--role", options->role,
                 "viewer, operator, approver, editor or admin; default viewer")
      ->type_name("ROLE");
  app.add_option("--days", options->days, "how long it is good; default 90, 0: for ever")
      ->type_name("DAYS")
      ->at_least_zero();
  auto& scope = options->scope;
  app.add_option("--project", scope.projects,
                 "limit it to pipelines of projects; NAME may have *, and may be repeated")
      ->type_name("NAME")
      ->repeatable();
  app.add_option("--pipeline", scope.pipelines, "limit it to these pipelines and their runs")
      ->type_name("NAME")
      ->repeatable();
  app.add_option("--domain", scope.domains, "limit it to pipelines of these domains")
      ->type_name("NAME")
      ->repeatable();
  app.add_option("--connection", scope.connections,
                 "connections that it may hold and look at; it has no others when it is limited")
      ->type_name("NAME")
      ->repeatable();
  return [options](Context& context) { return add_token(context, *options); };
}

Action declare_token_list(Arguments&) {
  return [](Context& context) { return list_tokens(context); };
}

Action declare_token_remove(Arguments& app) {
  const auto options = std::make_shared<TokenOptions>();
  app.add_option("name", options->name, "as `orch token list` shows it")
      ->type_name("NAME")
      ->required();
  return [options](Context& context) { return remove_token(context, *options); };
}

Action declare_audit(Arguments&) {
  return [](Context& context) { return show_audit(context); };
}

}  // namespace orch::cli
