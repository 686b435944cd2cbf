#include "orchestrator/host/mapped_file.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace orch::host {

MappedFile::MappedFile(const std::filesystem::path& file)
    : size_(std::filesystem::file_size(file)) {
  if (size_ == 0) return;
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category());
  data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
  const int reason = errno;
  ::close(descriptor);
  if (data_ == MAP_FAILED) throw std::system_error(reason, std::generic_category());
}

MappedFile::~MappedFile() {
  if (size_ > 0) ::munmap(data_, size_);
}

}  // namespace orch::host
