// Members of objects that may be missing or of another kind.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace orch::json {

/// The text of a member; empty where there is none, or where it is no text.
inline std::string text_member(const boost::json::object& object, std::string_view name) {
  const auto* found = object.if_contains({name.data(), name.size()});
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

/// Likewise; empty, too, where `value` is no object.
inline std::string text_member(const boost::json::value& value, std::string_view name) {
  const auto* object = value.if_object();
  return object ? text_member(*object, name) : std::string();
}

}  // namespace orch::json
