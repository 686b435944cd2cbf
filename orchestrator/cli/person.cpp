#include "orchestrator/cli/person.h"

#include <pwd.h>
#include <unistd.h>
#include <vector>

namespace orch::cli {

std::string person() {
  constexpr std::size_t room = 16'384;
  std::vector<char> buffer(room);
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
  return found ? found->pw_name : "";
}

}  // namespace orch::cli
