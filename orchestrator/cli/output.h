// JSON output and errors for people.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "orchestrator/base/error.h"
#include "orchestrator/cli/command.h"

namespace orch::cli {

/// `value` on one line, with its line break. Here and in pretty(), characters that act on a
/// terminal are escaped.
std::string json_line(const boost::json::value& value);

/// One document in the chosen JSON format: indented, or one line.
void print_document(const Context& context, const boost::json::value& value);

/// Several: an array, or one a line.
void print_documents(const Context& context, const boost::json::array& values);

/// One word of a POSIX shell: as it is, or in single quotes.
std::string shell_word(std::string_view text);

/// A problem as JSON: file, line, column, pointer, severity, message, hint.
boost::json::object problem_document(const std::string& file, const Problem& problem);

/// "file:12:7: message" with pointer and hint below.
std::string problem_text(const std::string& file, const Problem& problem, const render::Look& look);

/// Message, hint and code, each on a line of its own; all problems of an InvalidDocument.
std::string error_text(const std::exception& error, const render::Look& look);

}  // namespace orch::cli
