// Texts for people with places for values: "{run}: {summary.rows} rows".
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace orch::tools {

/// `text` with every {member} or {member.member} replaced by that value of `data` (elements of
/// arrays by their number from 0): a string as it is, an array of strings joined by ", ", anything
/// else as its JSON text. "{{" and "}}" stand for braces. Throws std::invalid_argument that says
/// what is wrong for an unknown member or an open brace.
std::string fill_template(std::string_view text, const boost::json::value& data);

}  // namespace orch::tools
