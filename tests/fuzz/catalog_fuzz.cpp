// Catalogs: accepted or refused with all problems; what is accepted survives its payload.
#include "orchestrator/json/text.h"
#include "tests/fuzz/fuzz.h"
#include "workers/catalog/catalog.h"

using namespace orch;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  try {
    const auto catalog = catalog::parse_catalog(json::parse(text), "catalog.json", text);
    for (const auto& entry : catalog.entries) {
      const auto complete = catalog::to_json(entry);
      fuzz::require(catalog::to_json(catalog::entry_from_json(complete)) == complete,
                    "an entry survives its payload");
    }
  } catch (const json::SyntaxError&) {
    // no JSON
  } catch (const InvalidDocument& invalid) {
    fuzz::require(!invalid.problems().empty(), "a refusal says why");
  }
  return 0;
}
