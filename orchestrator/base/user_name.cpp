#include "orchestrator/base/user_name.h"

#include <pwd.h>
#include <vector>

namespace orch {

std::string user_name(uid_t user) {
  constexpr std::size_t room = 16'384;
  std::vector<char> buffer(room);
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found);
  return found ? found->pw_name : "";
}

}  // namespace orch
