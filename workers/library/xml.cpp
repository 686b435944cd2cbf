#include "workers/library/xml.h"

#include <algorithm>
#include <expat.h>
#include <limits>
#include <memory>
#include <vector>

#include <fmt/format.h>

namespace orch::library {
namespace {

constexpr std::size_t deepest = 64;

/// "Key" of "s3:Key".
std::string_view local(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// The tree that expat's events make. Elements move when their siblings are added: what is open is
/// kept here until it ends.
struct Builder {
  XML_Parser parser;
  std::vector<XmlElement> open;
  XmlElement root;
  const char* refused = nullptr;  ///< why, when it is not a matter of syntax

  void refuse(const char* why) {
    refused = why;
    XML_StopParser(parser, XML_FALSE);
  }
};

Builder& of(void* user) { return *static_cast<Builder*>(user); }

void begin(void* user, const XML_Char* name, const XML_Char**) {
  auto& builder = of(user);
  if (builder.open.size() == deepest) return builder.refuse("elements nested too deeply");
  builder.open.push_back({std::string(local(name)), {}, {}});
}

void end(void* user, const XML_Char*) {
  auto& builder = of(user);
  auto ended = std::move(builder.open.back());
  builder.open.pop_back();
  if (builder.open.empty())
    builder.root = std::move(ended);
  else
    builder.open.back().children.push_back(std::move(ended));
}

void text(void* user, const XML_Char* characters, int length) {
  auto& builder = of(user);
  if (!builder.open.empty())
    builder.open.back().text.append(characters, static_cast<std::size_t>(length));
}

void document_type(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  of(user).refuse("a document type");
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  const auto found = std::ranges::find(children, wanted, &XmlElement::name);
  return found == children.end() ? nullptr : &*found;
}

std::string XmlElement::text_of(std::string_view wanted) const {
  const auto* found = child(wanted);
  return found ? found->text : std::string();
}

XmlElement parse_xml(std::string_view text_of_document) {
  if (text_of_document.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw XmlInvalid("it is too large");
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate("UTF-8"), &XML_ParserFree);
  if (!parser) throw std::bad_alloc();
  Builder builder{parser.get(), {}, {}};
  XML_SetUserData(parser.get(), &builder);
  XML_SetElementHandler(parser.get(), begin, end);
  XML_SetCharacterDataHandler(parser.get(), text);
  XML_SetStartDoctypeDeclHandler(parser.get(), document_type);
  const auto status = XML_Parse(parser.get(), text_of_document.data(),
                                static_cast<int>(text_of_document.size()), XML_TRUE);
  if (status == XML_STATUS_OK) return std::move(builder.root);
  throw XmlInvalid(fmt::format(
      "{} at byte {}",
      builder.refused ? builder.refused : XML_ErrorString(XML_GetErrorCode(parser.get())),
      XML_GetCurrentByteIndex(parser.get())));
}

}  // namespace orch::library
