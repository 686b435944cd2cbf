// XML as S3 endpoints write it.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orch::library {

/// Not XML, or XML that S3 never sends: a document type, entities of its own, 64 levels and more.
class XmlInvalid : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An element. Attributes are passed over, prefixes of names too.
struct XmlElement {
  std::string name;
  std::string text;  ///< its own, without that of its children; UTF-8
  std::vector<XmlElement> children;

  /// The first child of this name; null when there is none.
  const XmlElement* child(std::string_view wanted) const;
  /// The text of the first child of this name; empty when there is none.
  std::string text_of(std::string_view wanted) const;
};

/// The root element of a whole document. Throws XmlInvalid.
XmlElement parse_xml(std::string_view text);

}  // namespace orch::library
