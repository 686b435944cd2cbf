#include "orchestrator/cli/access.h"

#include "orchestrator/cli/options.h"
#include "orchestrator/store/open.h"

namespace orch::cli {

std::shared_ptr<const access::Policy> access_policy(const Settings& settings,
                                                    const std::string& private_key) {
  return std::make_shared<access::Policy>(
      access::parse_grants(settings.list("allow"), settings.get("allow").origin),
      std::vector<std::filesystem::path>{store::files_of(settings.value("store")),
                                         settings.value("keys"), settings.value("bindings"),
                                         connections_file(settings), settings.file(), private_key});
}

}  // namespace orch::cli
