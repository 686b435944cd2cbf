#include "orchestrator/store/under_decision.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "orchestrator/base/log.h"

namespace orch::store {
namespace {

using Number = std::atomic<std::int64_t>;
static_assert(Number::is_always_lock_free && sizeof(Number) == sizeof(std::int64_t));

}  // namespace

UnderDecision::UnderDecision(const std::filesystem::path& file) {
  if (file.empty()) return;
  map(file);
  if (number_ == &own_)
    log::warn("msg=\"{}: {}; a run that makes the process die twice will not be set aside\"",
              file.string(), std::strerror(errno));
}

void UnderDecision::map(const std::filesystem::path& file) {
  const int opened = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (opened < 0) return;
  std::int64_t left = 0;
  const bool known = ::pread(opened, &left, sizeof left, 0) == sizeof left && left > 0;
  const std::int64_t none = 0;
  // Written, not only made longer: a full disk must show here and not as a signal later.
  if (::pwrite(opened, &none, sizeof none, 0) == sizeof none) {
    void* place = ::mmap(nullptr, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
    if (place != MAP_FAILED) {
      number_ = static_cast<Number*>(place);
      file_ = file;
      if (known) left_behind_ = ExecutionId{left};
    }
  }
  const int error = errno;
  ::close(opened);
  errno = error;
}

UnderDecision::~UnderDecision() {
  if (number_ == &own_) return;
  ::munmap(number_, sizeof(Number));
  ::unlink(file_.c_str());
}

}  // namespace orch::store
