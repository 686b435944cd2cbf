// What the operations of AWS services answer: TestState checks mocked results against it.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace orch::stepfunctions {

enum class MockMode : std::uint8_t {
  strict,   ///< every member there is must fit, every required one must be there
  present,  ///< every member there is must fit
  none
};

/// The first thing that does not fit, as "Field 'StartDate' must be a string"; empty: all fits.
/// Results of services whose answers are not known here fit. Unknown members fit too.
std::string mock_fault(std::string_view resource, const boost::json::value& result, MockMode mode);

}  // namespace orch::stepfunctions
