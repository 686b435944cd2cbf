#include "orchestrator/base/describe_exception.h"

#include <new>

#include "orchestrator/base/utf8.h"

namespace orch {

std::string describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::bad_alloc&) {
    return "there is not enough memory";
  } catch (const std::exception& known) {
    return repaired(known.what());
  } catch (...) {
    return "an error without a message";
  }
}

}  // namespace orch
