// JSON text: what is read can be written and read again, and is the same.
#include <string>
#include <vector>

#include "orchestrator/json/locations.h"
#include "orchestrator/json/text.h"
#include "tests/fuzz/fuzz.h"

using namespace orch;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  try {
    const auto value = json::parse(text);
    const auto written = json::write(value);
    fuzz::require(json::parse(written) == value, "parse(write(v)) == v");
    fuzz::require(json::write(json::parse(written)) == written, "writing is stable");
    const std::vector<std::string> pointers = {"", "/a", "/a/0/b", "/0/1", "/~1~0"};
    for (const auto& place : json::locate(text, pointers))
      fuzz::require(place.line > 0 && place.column > 0, "every pointer has a place");
  } catch (const json::SyntaxError& error) {
    fuzz::require(error.offset() <= size, "the offset of an error is inside the text");
  }
  return 0;
}
