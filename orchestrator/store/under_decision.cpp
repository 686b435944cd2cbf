#include "orchestrator/store/under_decision.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "orchestrator/base/log.h"

namespace orch::store {
namespace {

using Number = std::atomic<std::int64_t>;
using Plain = std::array<std::int64_t, UnderDecision::most_threads>;
static_assert(Number::is_always_lock_free && sizeof(Number) == sizeof(std::int64_t));

}  // namespace

UnderDecision::UnderDecision(const std::filesystem::path& file) {
  if (file.empty()) return;
  map(file);
  if (numbers_ == &own_)
    log::warn("{}: {}; a run that makes the process die twice will not be set aside", file.string(),
              std::strerror(errno));
}

void UnderDecision::map(const std::filesystem::path& file) {
  const int opened = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (opened < 0) return;
  Plain left{};  // a shorter file leaves zeros
  const bool known = ::pread(opened, left.data(), sizeof left, 0) > 0;
  const Plain none{};
  // Written, not only made longer: a full disk must show here and not as a signal later.
  if (::pwrite(opened, none.data(), sizeof none, 0) == sizeof none) {
    void* place = ::mmap(nullptr, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
    if (place != MAP_FAILED) {
      numbers_ = static_cast<Numbers*>(place);
      file_ = file;
      if (known) remember(left);
    }
  }
  const int error = errno;
  ::close(opened);
  errno = error;
}

void UnderDecision::remember(std::span<const std::int64_t> left) {
  for (const auto number : left) {
    const ExecutionId run{number};
    if (number > 0 && std::ranges::find(left_behind_, run) == left_behind_.end())
      left_behind_.push_back(run);
  }
}

UnderDecision::~UnderDecision() {
  if (numbers_ == &own_) return;
  ::munmap(numbers_, sizeof(Numbers));
  ::unlink(file_.c_str());
}

}  // namespace orch::store
