// What routes have in common that ask the owner for an operation (host/operations.h), or show a
// list that is short enough to be made whole.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "orchestrator/rest/request.h"

namespace orch::rest {

/// The operation's result. Throws what the operation throws.
boost::json::object ask(const Request& request, std::string_view operation,
                        const boost::json::object& parameters = {});

/// The request's body as the parameters of an operation that records who asked: whatever the body
/// says of it, it is the caller.
boost::json::object signed_body(const Request& request);

/// Names what the request is about in the audit log, by those of these members of its body that it
/// has: "connection core", "server". Places lose what may be a secret (URLs their user).
void name_object(Request& request, std::initializer_list<std::string_view> members);

/// The array `member` of a result.
boost::json::array take_array(boost::json::object& result, std::string_view member);

enum class Order : std::uint8_t { ascending, descending };

/// {"items": […], "next"?} of a list that is made whole: a page of `all` in the order of their
/// keys. `key` names an item for good, so that a page goes on after it although the list has
/// changed.
boost::json::object page_of(const Request& request, boost::json::array all,
                            std::string (*key)(const boost::json::object& item),
                            Order order = Order::ascending);

/// A key that sorts as the number does.
std::string number_key(std::int64_t number);

}  // namespace orch::rest
