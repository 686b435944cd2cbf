#include "orchestrator/cli/files.h"

#include <cerrno>
#include <fcntl.h>
#include <iostream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/cli/terminal.h"
#include "orchestrator/json/locations.h"
#include "orchestrator/json/strict.h"
#include "orchestrator/json/text.h"

namespace orch::cli {
namespace {

namespace fs = std::filesystem;

InvalidDocument not_json(const std::string& text, const std::string& file,
                         const json::SyntaxError& error) {
  const auto place = json::location_of(text, error.offset());
  return {"ORCH-0003", file, {{"", error.what(), "", place.line, place.column}}};
}

}  // namespace

std::string read_text(const std::string& file) {
  if (file != "-") return read_file(file);
  std::stringstream text;
  text << std::cin.rdbuf();
  return text.str();
}

yaml::Converted read_document(const std::string& file) {
  const auto text = read_text(file);
  return file == "-" ? yaml::from_unnamed(text, "standard input") : yaml::from_file(text, file);
}

void write_text(const fs::path& file, const std::string& text, bool replace, bool secret) {
  auto temporary = file;
  temporary += fmt::format(".{}.tmp", ::getpid());
  const int out = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                         secret ? S_IRUSR | S_IWUSR : 0666);
  if (out < 0) refuse_file(file, errno);
  int reason = 0;
  try {
    write_all(out, text);
  } catch (const Error&) {
    reason = errno;
  }
  if (::close(out) != 0 && reason == 0) reason = errno;
  // link() refuses an existing name, rename() replaces it: both in one step.
  if (reason == 0 && !replace && ::link(temporary.c_str(), file.c_str()) != 0) reason = errno;
  if (reason == 0 && replace && ::rename(temporary.c_str(), file.c_str()) != 0) reason = errno;
  if (reason != 0 || !replace) ::unlink(temporary.c_str());
  if (reason != 0) refuse_file(file, reason);
}

boost::json::value parse_json(const std::string& text, const std::string& file) {
  try {
    return json::parse_strict(text);
  } catch (const json::SyntaxError& error) {
    throw not_json(text, file, error);
  }
}

boost::json::value parse_data(const std::string& text, const std::string& file) {
  try {
    return json::parse(text);
  } catch (const json::SyntaxError& error) {
    throw not_json(text, file, error);
  }
}

std::string input_text(const std::string& option) {
  const bool from_file = option.starts_with('@');
  const auto file = from_file ? option.substr(1) : std::string("--input");
  auto text = from_file ? read_text(file) : option;
  try {
    parse_data(text, file == "-" ? "standard input" : file);
  } catch (const InvalidDocument&) {
    if (from_file || !fs::is_regular_file(option)) throw;
    throw Error("ORCH-0003", fmt::format("--input is no JSON, but the name of the file {}", option),
                fmt::format("--input @{} takes what is in the file", option));
  }
  return text;
}

}  // namespace orch::cli
