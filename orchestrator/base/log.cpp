#include "orchestrator/base/log.h"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "orchestrator/base/private_file.h"
#include "orchestrator/base/read_file.h"
#include "orchestrator/base/utf8.h"

namespace orch::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

// One write for each line: lines of other processes that append to the same file do not mix with
// it.
class AppendedFile final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit AppendedFile(std::filesystem::path path) : path_(std::move(path)), file_(open()) {
    if (file_ < 0) refuse_file(path_, errno);
  }
  AppendedFile(const AppendedFile&) = delete;
  AppendedFile& operator=(const AppendedFile&) = delete;
  ~AppendedFile() override { ::close(file_); }

  /// Returns the errno when the file cannot be opened, and keeps the one before.
  int reopen() {
    const int next = open();
    if (next < 0) return errno;
    const std::scoped_lock lock(mutex_);
    ::close(std::exchange(file_, next));
    return 0;
  }

 private:
  int open() const {
    return ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, private_modes.file);
  }
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (::write(file_, line.data(), line.size()) < 0)
      throw spdlog::spdlog_ex("cannot write " + path_.string(), errno);
  }
  void flush_() override {}

  const std::filesystem::path path_;
  int file_;
};

struct Output {
  std::shared_ptr<spdlog::logger> logger;
  Format format = Format::text;
  std::shared_ptr<AppendedFile> file = {};
};

void set_pattern(const Output& output) {
  output.logger->set_pattern(output.format == Format::json ? json_pattern : text_pattern,
                             spdlog::pattern_time_type::utc);
}

Output& output() {
  static Output instance = [] {
    Output made{std::make_shared<spdlog::logger>(
        "orch", std::make_shared<spdlog::sinks::stderr_sink_mt>())};
    made.logger->set_level(spdlog::level::warn);
    set_pattern(made);
    return made;
  }();
  return instance;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : repaired(text)) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", c);
    else
      out += c;
  }
  return printable_json(std::move(out) + '"');
}

}  // namespace

void set_level(Level level) { output().logger->set_level(to_spdlog(level)); }

void set_format(Format format) {
  output().format = format;
  set_pattern(output());
}

void set_file(const std::filesystem::path& file) {
  auto sink = std::make_shared<AppendedFile>(file);
  output().file = sink;
  output().logger->sinks() = {sink};
  set_pattern(output());
}

void reopen_file() {
  const auto& file = output().file;
  if (!file) return;
  if (const int reason = file->reopen(); reason != 0)
    error("the log file cannot be opened anew: {}", std::generic_category().message(reason));
}

std::string line_of(Pairs pairs, std::string_view message) {
  std::string line;
  for (const auto& [key, value, is_number] : pairs) {
    if (value.empty()) continue;
    const auto shown = one_line(value);
    line += key;
    line += '=';
    line += shown.find_first_of(" =\"\\") == shown.npos ? shown : in_quotes(shown);
    line += ' ';
  }
  return line + "msg=" + in_quotes(one_line(message));
}

std::string json_of(Pairs pairs, std::string_view message) {
  std::string members = "\"msg\":" + json_string(message);
  for (const auto& [key, value, is_number] : pairs)
    if (!value.empty())
      members += fmt::format(",\"{}\":{}", key, is_number ? value : json_string(value));
  return members;
}

void write(Level level, Pairs pairs, std::string_view message) {
  const auto& [logger, format, file] = output();
  const auto level_there = to_spdlog(level);
  if (!logger->should_log(level_there)) return;
  const auto line = format == Format::json ? json_of(pairs, message) : line_of(pairs, message);
  logger->log(level_there, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace orch::log
