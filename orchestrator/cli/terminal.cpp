#include "orchestrator/cli/terminal.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "orchestrator/base/error.h"

namespace orch::cli {
namespace {

constexpr std::size_t usual_width = 100;
constexpr std::size_t usual_height = 24;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = environment(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != std::string_view::npos ||
           value.find("utf8") != std::string_view::npos;
  }
  return false;
}

}  // namespace

std::size_t Stream::width() const {
  winsize size{};
  if (terminal && ::ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return look.width;
}

std::size_t Stream::height() const {
  winsize size{};
  if (terminal && ::ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_row > 0) return size.ws_row;
  return usual_height;
}

Stream stream_of(int file) {
  Stream stream;
  stream.file = file;
  stream.terminal = ::isatty(file) == 1;
  stream.look.color =
      stream.terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  stream.look.utf8 = speaks_utf8();
  stream.look.width = stream.terminal ? usual_width : 0;
  stream.look.width = stream.width();
  return stream;
}

void write_all(int file, const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = ::write(file, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      ::_exit(0);
    } else if (errno != EINTR) {
      throw Error("ORCH-0002", fmt::format("output: {}", std::strerror(errno)),
                  "check the free space of what the output goes to");
    }
  }
}

void LiveArea::draw(const std::vector<std::string>& lines) {
  std::string out;
  if (drawn_ > 0) out += fmt::format("\033[{}A", drawn_);
  // Each line is overwritten and its rest erased, then whatever was below: no flicker.
  for (const auto& line : lines) out += render::screen_text(line) + "\033[K\n";
  if (lines.size() < drawn_) out += "\033[J";
  drawn_ = lines.size();
  write_all(stream_.file, out);
}

}  // namespace orch::cli
