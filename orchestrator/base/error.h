// Errors for people: what, where, found against expected, and what to do about it.
//
// Three kinds are never mixed: problems of a document (a list, see Problem), failures of a workflow
// (data, asl::Failure) and everything else (Error, thrown).
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orch {

/// A fault that ends the present command or task. `what()` is lower case, without a final period,
/// and never contains a secret. `code` is a row of the table in error_codes/.
class Error : public std::runtime_error {
 public:
  Error(std::string_view code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

  /// "ORCH-0007"; `orch explain ORCH-0007` prints the paragraph.
  const std::string& code() const noexcept { return code_; }
  /// What the reader can do; may be empty.
  const std::string& hint() const noexcept { return hint_; }

 private:
  std::string code_;
  std::string hint_;
};

/// One thing wrong with a document. `pointer` is the JSON pointer (RFC 6901) of the place.
struct Problem {
  std::string pointer;
  std::string message;
  std::string hint = {};
  int line = 0;    ///< from 1; 0 when the text is not at hand
  int column = 0;  ///< from 1, in bytes
  bool warning = false;
};

/// All the problems of one document at once.
class InvalidDocument : public Error {
 public:
  /// `file` names the document for people.
  InvalidDocument(std::string_view code, std::string file, std::vector<Problem> problems);

  const std::string& file() const noexcept { return file_; }
  const std::vector<Problem>& problems() const noexcept { return problems_; }

 private:
  std::string file_;
  std::vector<Problem> problems_;
};

/// A row of the table of error codes.
struct ErrorCode {
  std::string_view code;     ///< "ORCH-0001"
  std::string_view title;    ///< one line
  std::string_view meaning;  ///< a paragraph: when it happens, what a user does
};

/// All codes in ascending order.
std::span<const ErrorCode> error_codes();

/// The entry of `candidates` nearest to `word` when it is near enough to be a typing mistake,
/// else empty, as it is for more than a thousand candidates. Case is ignored.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// `; did you mean "X"?` for the nearest candidate, or an empty text.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace orch
