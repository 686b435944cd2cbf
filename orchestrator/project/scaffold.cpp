#include "orchestrator/project/scaffold.h"

#include <fmt/format.h>

namespace orch::project {
namespace {

constexpr const char* manifest = R"({{
  "name": "{}",
  "default": "dev",
  "variables": {{"GREETING": "Good morning"}},
  "environments": {{
    "dev": {{"store": "dev.db"}},
    "prod": {{"variables": {{"GREETING": {{"env": "GREETING", "default": "Good morning, all"}}}}}}
  }}
}}
)";

constexpr const char* workflow = R"({
  "Comment": "Says a greeting. `orch validate` checks it, docs/workers.md names what tasks can do.",
  "QueryLanguage": "JSONata",
  "StartAt": "Greet",
  "States": {
    "Greet": {
      "Type": "Pass",
      "Output": {"said": "{% $states.input.greeting & \", \" & $states.input.name %}"},
      "End": true
    }
  }
}
)";

constexpr const char* pipeline = R"({
  "workflow": "workflows/greet.json",
  "input": {"greeting": "${GREETING}", "name": "world"},
  "triggers": {"daily": {"schedule": "30 6 * * *", "zone": "UTC"}},
  "overlap": "skip"
}
)";

constexpr const char* overlay = R"({
  "triggers": {"daily": {"zone": "Europe/Berlin"}}
}
)";

constexpr const char* connections = R"({
  "version": 1,
  "connections": {}
}
)";

constexpr const char* ignored = R"(*.db
*.db-*
*.password
/secrets/
/reports/
)";

}  // namespace

NewFiles new_project(const std::string& name) {
  return {{"project.json", fmt::format(manifest, name)},
          {"connections.json", connections},
          {"workflows/greet.json", workflow},
          {"pipelines/greet.json", pipeline},
          {"environments/prod/pipelines/greet.json", overlay},
          {".gitignore", ignored}};
}

NewFiles new_replication(const std::string& name) {
  return {{"project.json", fmt::format("{{\n  \"name\": \"{}\"\n}}\n", name)},
          {"pipelines/replicate.json",
           "{\n  \"workflow\": \"replicate\",\n  \"input\": {\"catalog\": \"catalog.json\"}\n}\n"},
          {".gitignore", ignored}};
}

}  // namespace orch::project
