// What S3 endpoints answer: a line for Content-Range, then XML. It is taken whole or refused.
#include "orchestrator/base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "workers/library/s3_answer.h"

using namespace orch;

namespace {

void read_listing(std::string_view xml) {
  try {
    const auto page = library::parse_listing(xml);
    for (const auto& object : page.objects) {
      fuzz::require(!object.key.empty() && object.size >= 0, "an object has a key and a size");
      fuzz::require(valid_prefix(object.key) == object.key.size(), "keys are UTF-8");
    }
  } catch (const library::AnswerInvalid&) {
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto xml = fuzz::text_of(data, size);
  try {
    const auto part = library::parse_content_range(fuzz::next_line(xml));
    fuzz::require(part.first <= part.last && part.last < part.total, "a part is inside its object");
  } catch (const library::AnswerInvalid&) {
  }
  read_listing(xml);
  const auto error = library::parse_error(xml);
  fuzz::require(valid_prefix(error.message) == error.message.size(), "messages are UTF-8");
  try {
    library::parse_copied(xml);
  } catch (const library::AnswerInvalid&) {
  }
  return 0;
}
