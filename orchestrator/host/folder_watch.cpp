#include "orchestrator/host/folder_watch.h"

#include <array>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace orch::host {

FolderWatch::FolderWatch()
    : changes_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      wakes_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

FolderWatch::~FolderWatch() {
  if (changes_ >= 0) ::close(changes_);
  if (wakes_ >= 0) ::close(wakes_);
}

// Of a folder that is watched already, the same watch is given.
void FolderWatch::add(const std::filesystem::path& folder) {
  if (changes_ >= 0)
    ::inotify_add_watch(changes_, folder.c_str(),
                        IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR);
}

void FolderWatch::wait(Millis longest) {
  std::array<pollfd, 2> both{pollfd{changes_, POLLIN, 0}, pollfd{wakes_, POLLIN, 0}};
  ::poll(both.data(), both.size(), static_cast<int>(longest.count()));
  // What has changed is looked for; the events themselves say too little.
  std::array<char, 4'096> ignored{};
  while (changes_ >= 0 && ::read(changes_, ignored.data(), ignored.size()) > 0) {
  }
}

void FolderWatch::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wakes_, &one, sizeof(one));
}

}  // namespace orch::host
