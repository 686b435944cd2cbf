#include "orchestrator/project/variables.h"

#include <cstdlib>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "orchestrator/base/ascii.h"
#include "orchestrator/base/error.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/text.h"
#include "orchestrator/project/names.h"

namespace orch::project {
namespace {

namespace bj = boost::json;
constexpr std::string_view file_prefix = "file:";

bool is_name(std::string_view text) {
  constexpr std::string_view rest =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
  return !text.empty() && !is_digit(text.front()) && text.find_first_not_of(rest) == text.npos;
}

/// The name of a text that is one ${NAME} and nothing else.
std::optional<std::string_view> only_name(std::string_view text) {
  if (!text.starts_with("${") || text.find('}') != text.size() - 1) return std::nullopt;
  const auto name = text.substr(2, text.size() - 3);
  return is_name(name) ? std::optional(name) : std::nullopt;
}

std::string without_line_end(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

void Variables::read(json::Fields& fields) {
  const auto each = [&](std::string_view member, auto read_one) {
    const auto* object = fields.object(member);
    if (!object) return;
    json::Fields inside(*object, fields.at(member), fields.problems());
    for (const auto& [key, value] : *object) {
      const std::string name(key);
      if (is_name(name))
        (this->*read_one)(name, value, inside);
      else
        inside.problem(name, fmt::format("\"{}\" is no name for ${{NAME}}", name),
                       "letters, digits and underscores, not beginning with a digit");
    }
  };
  each("variables", &Variables::read_variable);
  each("secrets", &Variables::read_secret);
}

void Variables::read_variable(const std::string& name, const bj::value& value,
                              const json::Fields& fields) {
  secrets_.erase(name);
  const auto* place = value.if_object();
  if (!place) {
    if (value.is_array() || value.is_null())
      fields.problem(name, fmt::format("the variable {} must be a text, a number, true, false or a "
                                       "place, found {}",
                                       name, json::describe_type(value)));
    values_.insert_or_assign(name, value);
    return;
  }
  json::Fields members(*place, fields.at(name), fields.problems());
  const auto environment = members.string("env");
  const auto file = members.string("file");
  const auto fallback = members.string("default");
  members.finish("a variable");
  if (environment.has_value() == file.has_value())
    fields.problem(name, fmt::format("the variable {} needs exactly one of env and file", name));
  std::optional<std::string> text = fallback;
  if (file) {
    try {
      text = without_line_end(read_file(folder_ / *file));
    } catch (const Error& error) {
      if (!fallback) fields.problem(name, error.what());
    }
  } else if (environment) {
    if (const char* found = std::getenv(environment->c_str())) text = found;
    if (!text)
      fields.problem(name, fmt::format("the environment has no {}", *environment),
                     fmt::format("export {}=…, or give the variable a \"default\"", *environment));
  }
  values_.insert_or_assign(name, bj::value(bj::string(text.value_or(""))));
}

void Variables::read_secret(const std::string& name, const bj::value& value,
                            const json::Fields& fields) {
  values_.erase(name);
  const auto* object = value.if_object();
  if (!object) {
    fields.problem(name, fmt::format("the secret {} must not stand in this file", name),
                   R"(write {"env": "NAME"} or {"file": "path"} and put the secret there)");
    secrets_.insert_or_assign(name, bj::object());
    return;
  }
  json::Fields members(*object, fields.at(name), fields.problems());
  const auto environment = members.string("env");
  const auto file = members.string("file");
  members.finish("a secret");
  if (environment.has_value() == file.has_value() || environment == "" || file == "")
    fields.problem(name, fmt::format("the secret {} needs exactly one of env and file", name));
  bj::object place;
  if (environment) place["env"] = *environment;
  if (file) place["file"] = (folder_ / *file).lexically_normal().string();
  secrets_.insert_or_assign(name, std::move(place));
}

void Variables::apply(bj::value& value, const std::string& pointer, const SecretPlaces& secrets,
                      json::Problems& problems) const {
  if (auto* object = value.if_object()) {
    for (auto& [name, member] : *object)
      apply(member, pointer + "/" + json::pointer_token(name), secrets, problems);
  } else if (auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      apply((*array)[i], fmt::format("{}/{}", pointer, i), secrets, problems);
  } else if (value.is_string()) {
    apply_to_text(value, pointer, secrets, problems);
  }
}

void Variables::apply_to_text(bj::value& value, const std::string& pointer,
                              const SecretPlaces& secrets, json::Problems& problems) const {
  const std::string text(value.get_string());
  if (const auto name = only_name(text)) {
    if (const auto found = values_.find(*name); found != values_.end()) {
      value = found->second;
      return;
    }
    if (const auto found = secrets_.find(*name); found != secrets_.end() && secrets(pointer)) {
      value = found->second;
      return;
    }
  }
  std::string replaced;
  std::string_view rest = text;
  const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
    if (!is_name(name) && !name.starts_with(file_prefix)) return std::nullopt;
    return text_of(name, pointer, problems);
  };
  for (auto at = rest.find("$${"); at != rest.npos; at = rest.find("$${")) {
    replaced += replace_names(rest.substr(0, at), lookup);
    replaced += "${";
    rest.remove_prefix(at + 3);
  }
  replaced += replace_names(rest, lookup);
  if (replaced != text) value = bj::value(bj::string(replaced));
}

std::string Variables::text_of(std::string_view name, const std::string& pointer,
                               json::Problems& problems) const {
  if (name.starts_with(file_prefix))
    return file_text(std::string(name.substr(file_prefix.size())), pointer, problems);
  if (const auto found = values_.find(name); found != values_.end())
    return found->second.is_string() ? std::string(found->second.get_string())
                                     : json::write(found->second);
  if (secrets_.contains(name)) {
    problems.push_back({pointer, fmt::format("the secret {} cannot stand here", name),
                        "a secret is a whole text, of a connection or of a trigger; it is read "
                        "when it is used"});
    return {};
  }
  std::vector<std::string> known;
  for (const auto& [each, value] : values_) known.push_back(each);
  for (const auto& [each, value] : secrets_) known.push_back(each);
  problems.push_back({pointer, fmt::format("no variable {}{}", name, did_you_mean(name, known)),
                      fmt::format("add it to \"variables\" of project.json or of the environment; "
                                  "$${{{}}} is the text itself",
                                  name)});
  return {};
}

std::string Variables::file_text(const std::string& name, const std::string& pointer,
                                 json::Problems& problems) const {
  try {
    return read_file(folder_ / name);
  } catch (const Error& error) {
    problems.push_back({pointer, error.what(), "${file:PATH} starts at the project's folder"});
    return {};
  }
}

}  // namespace orch::project
