// api: the document of the REST API.
#include "orchestrator/cli/command.h"
#include "orchestrator/cli/output.h"
#include "orchestrator/cli/version.h"
#include "orchestrator/rest/document.h"

namespace orch::cli {

Action declare_api(Arguments&) {
  return [](Context& context) {
    print_document(context, rest::api_document(version()));
    return Exit::ok;
  };
}

}  // namespace orch::cli
