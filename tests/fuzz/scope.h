// The world that fuzzed expressions of the language see.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <boost/json/value.hpp>

#include "orchestrator/asl/scope.h"
#include "orchestrator/json/text.h"

namespace orch::fuzz {

/// `$` is `data`, the context object is small, `$x` and `$list` are variables.
inline asl::Scope scope_of(const boost::json::value& data) {
  static const auto context = std::make_shared<const boost::json::value>(
      json::parse(R"({"Execution":{"Id":"arn","Input":{"a":[1,2]}},"State":{"RetryCount":0}})"));
  static const auto x = json::parse(R"({"y":[1,"two",null,{"z":3.5}]})");
  static const auto list = json::parse("[3,1,2,1]");
  asl::Scope scope;
  scope.data = &data;
  scope.input = &data;
  scope.context = asl::ContextObject([] { return context; });
  scope.variable = [](std::string_view name) -> const boost::json::value* {
    if (name == "x") return &x;
    return name == "list" ? &list : nullptr;
  };
  scope.now = 1'509'380'732'935;
  scope.seed = 42;
  return scope;
}

/// What the text says, or a document of every type when it is no JSON.
inline boost::json::value document_of(std::string_view text) {
  static const auto usual = json::parse(
      R"({"a":{"b":{"c":1}},"list":[10,20.5,-3,{"n":"x"}],"text":"aé\ud83d\ude00","t":true,"n":null})");
  try {
    return json::parse(text);
  } catch (const json::SyntaxError&) {
    return usual;
  }
}

}  // namespace orch::fuzz
