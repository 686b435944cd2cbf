// How values become the text of a request.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "orchestrator/json/text.h"

namespace orch::tools {

/// A string as it is, anything else as its JSON text.
inline std::string plain_text(const boost::json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::write(value);
}

/// Percent-encoded but for what RFC 3986 calls unreserved.
inline std::string url_encoded(std::string_view text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

}  // namespace orch::tools
