#include "orchestrator/identity/audit.h"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "orchestrator/aws/digest.h"
#include "orchestrator/base/lines_backward.h"
#include "orchestrator/base/private_file.h"
#include "orchestrator/json/members.h"
#include "orchestrator/json/text.h"

namespace orch::identity {
namespace {

namespace bj = boost::json;

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw std::system_error(errno, std::generic_category(), path.string());
}

/// The file, locked against others who append.
class Opened {
 public:
  explicit Opened(const std::filesystem::path& path)
      : path_(path), file_(::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC)) {
    if (file_ < 0) fail(path_);
    if (::flock(file_, LOCK_EX) != 0) {
      ::close(file_);
      fail(path_);
    }
  }
  ~Opened() { ::close(file_); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  /// The last whole line; empty: there is none. A part of one, of a process that was killed while
  /// it wrote, is taken away.
  std::string last_line() {
    constexpr off_t most = 64 << 10;
    struct stat status {};
    if (::fstat(file_, &status) != 0) fail(path_);
    const off_t from = status.st_size > most ? status.st_size - most : 0;
    std::string tail(static_cast<std::size_t>(status.st_size - from), '\0');
    if (::pread(file_, tail.data(), tail.size(), from) != static_cast<ssize_t>(tail.size()))
      fail(path_);
    const auto end = tail.rfind('\n');
    const auto whole = end == std::string::npos ? 0 : end + 1;
    if (whole < tail.size() && ::ftruncate(file_, from + static_cast<off_t>(whole)) != 0)
      fail(path_);
    if (end == std::string::npos || end == 0) return {};
    const auto begin = tail.rfind('\n', end - 1);
    return tail.substr(begin == std::string::npos ? 0 : begin + 1,
                       end - (begin == std::string::npos ? 0 : begin + 1));
  }

  void write(const std::string& line) {
    if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) fail(path_);
    if (::fdatasync(file_) != 0) fail(path_);
  }

 private:
  const std::filesystem::path& path_;
  int file_;
};

std::string hash_of(const bj::object& without_hash) {
  return aws::hex(aws::sha256(json::write(without_hash)));
}

std::string not_as_written(std::int64_t number) {
  return fmt::format("line {} is not what was written, or the one before it is missing", number);
}

std::int64_t number_of(const bj::object& line) {
  const auto* number = line.if_contains("number");
  return number && number->is_int64() ? number->get_int64() : 0;
}

bj::object document_of(const Deed& deed, std::int64_t number, const std::string& before) {
  bj::object out{{"number", number},      {"at", to_iso(deed.at)},   {"who", deed.who},
                 {"role", deed.role},     {"from", deed.from},       {"action", deed.action},
                 {"object", deed.object}, {"outcome", deed.outcome}, {"before", before}};
  out["hash"] = hash_of(out);
  return out;
}

bool has_its_hash(const bj::object& line) {
  auto covered = line;
  covered.stable_erase(covered.find("hash"));
  return hash_of(covered) == json::text_member(line, "hash");
}

std::optional<bj::object> line_from(const std::string& text) {
  try {
    auto value = json::parse(text);
    if (auto* object = value.if_object()) return std::move(*object);
  } catch (const json::SyntaxError&) {
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void AuditLog::append(const Deed& deed) const {
  make_private_file(path_);
  Opened file(path_);
  const auto last = line_from(file.last_line()).value_or(bj::object());
  file.write(json::write(document_of(deed, number_of(last) + 1, json::text_member(last, "hash"))) +
             '\n');
}

std::optional<std::string> AuditLog::read(
    const std::function<void(const bj::object&)>& take) const {
  std::ifstream lines(path_);
  std::optional<std::string> wrong;
  std::string text, before;
  std::int64_t number = 0;
  while (std::getline(lines, text)) {
    ++number;
    const auto line = line_from(text);
    if (!line) {
      if (!wrong && !lines.eof()) wrong = fmt::format("line {} is no JSON object", number);
      continue;
    }
    if (!wrong && (number_of(*line) != number || json::text_member(*line, "before") != before ||
                   !has_its_hash(*line)))
      wrong = not_as_written(number);
    before = json::text_member(*line, "hash");
    take(*line);
  }
  return wrong;
}

std::optional<std::string> AuditLog::read_back(
    std::optional<std::uint64_t> end,
    const std::function<bool(const bj::object&, std::uint64_t)>& take) const {
  std::optional<std::string> wrong;
  std::optional<std::pair<std::int64_t, std::string>> wanted;  // number and hash of the next line
  LinesBackward lines(path_, end);
  while (const auto found = lines.next()) {
    const auto line = line_from(found->text);
    if (!line) {
      if (!wrong) wrong = fmt::format("what begins at byte {} is no JSON object", found->at);
      continue;
    }
    const auto number = number_of(*line);
    const auto before = json::text_member(*line, "before");
    const bool follows = !wanted || *wanted == std::pair(number, json::text_member(*line, "hash"));
    const bool is_first = found->at == 0;
    if (!wrong && (!follows || !has_its_hash(*line) || is_first != before.empty()))
      wrong = not_as_written(follows ? number : number + 1);
    wanted = {number - 1, before};
    if (!take(*line, found->at)) break;
  }
  return wrong;
}

std::filesystem::path audit_file(const std::filesystem::path& store) {
  auto path = store;
  path += ".audit";
  return path;
}

}  // namespace orch::identity
