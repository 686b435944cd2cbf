// What an expression comes to, in a form that cases can be compared with.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "orchestrator/jsonata/jsonata.h"

namespace orch::jsonata::test {

/// A fixed time and seed, and bounds that no honest case comes near.
Environment environment();

/// {"result": …}, {"undefined": true}, {"function": true} or {"error": {"code", "message", …}}.
/// `input` null: undefined.
boost::json::object outcome(std::string_view expression, const boost::json::value* input = nullptr,
                            const Bindings& bindings = {},
                            const Environment& environment = test::environment(),
                            Options options = {});

/// Bindings that borrow the members of `object`.
Bindings bindings_of(const boost::json::object& object);

/// Equal as JSON values: 1 and 1.0 are, the order of members does not matter. `unordered`: neither
/// does that of the items of the outermost array.
bool same(const boost::json::value& a, const boost::json::value& b, bool unordered = false);

/// Empty when `got` is what the case demands: "result", "undefined", "function", or an error by its
/// code and whatever else the case says about it. Else what is wrong.
std::string mismatch(const boost::json::object& expected, const boost::json::object& got,
                     bool unordered = false);

}  // namespace orch::jsonata::test
