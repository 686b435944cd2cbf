#include "orchestrator/rest/document.h"

#include <span>
#include <string>

#include "orchestrator/base/embedded.h"
#include "orchestrator/json/text.h"
#include "orchestrator/rest/route.h"

namespace orch::rest {

std::span<const EmbeddedFile> api_schemas();  // generated

namespace {

namespace bj = boost::json;

bj::object type_of(Kind kind) {
  switch (kind) {
    case Kind::integer:
      return {{"type", "integer"}, {"minimum", 0}};
    case Kind::boolean:
      return {{"type", "boolean"}};
    case Kind::time:
      return {{"type", "string"}, {"format", "date-time"}};
    case Kind::text:
    case Kind::words:
      break;
  }
  return {{"type", "string"}};
}

bj::object reference(std::string_view schema) {
  return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

bj::object content(std::string_view type, std::string_view schema) {
  return {{type, bj::object{{"schema", reference(schema)}}}};
}

bj::array parameters_of(const Route& route) {
  bj::array out;
  for (auto at = route.path.find('{'); at != std::string::npos; at = route.path.find('{', at + 1)) {
    const auto name = route.path.substr(at + 1, route.path.find('}', at) - at - 1);
    out.push_back(bj::object{{"name", name},
                             {"in", "path"},
                             {"required", true},
                             {"schema", bj::object{{"type", "string"}}}});
  }
  for (const auto& each : route.query)
    out.push_back(bj::object{{"name", each.name},
                             {"in", "query"},
                             {"description", each.about},
                             {"schema", type_of(each.kind)}});
  return out;
}

bj::object operation_of(const Route& route) {
  bj::object out{{"operationId", route.id}, {"summary", route.summary}};
  out["x-role"] = to_string(route.role);
  out["x-reach"] = to_string(route.reach);
  out["parameters"] = parameters_of(route);
  if (!route.body.empty())
    out["requestBody"] = {{"required", true}, {"content", content("application/json", route.body)}};
  const auto* type = route.handle ? "application/json" : "text/event-stream";
  bj::object done{{"description", "done"}};
  if (route.answer.empty())
    done["headers"] = {{"Location", bj::object{{"schema", bj::object{{"type", "string"}}}}}};
  else
    done["content"] = content(type, route.answer);
  out["responses"] = {
      {std::to_string(route.status), std::move(done)},
      {"default", bj::object{{"description", "refused or failed"},
                             {"content", content("application/problem+json", "Problem")}}}};
  return out;
}

std::string method_of(const Route& route) {
  std::string name(boost::beast::http::to_string(route.method));
  for (auto& c : name) c = static_cast<char>(c - 'A' + 'a');
  return name;
}

}  // namespace

bj::object api_document(std::string_view version) {
  bj::object document{{"openapi", "3.1.0"}};
  document["info"] = {{"title", "orch"}, {"version", version}};
  bj::object paths;
  for (const auto& route : routes()) {
    auto& path = paths[route.path];
    if (!path.is_object()) path.emplace_object();
    path.get_object()[method_of(route)] = operation_of(route);
  }
  document["paths"] = std::move(paths);
  document["components"] = {{"schemas", json::parse(api_schemas().front().text)}};
  return document;
}

}  // namespace orch::rest
