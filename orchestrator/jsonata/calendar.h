// The Gregorian calendar in milliseconds since 1970, UTC. Internal to the module.
#pragma once

namespace orch::jsonata {

constexpr double day_millis = 86'400'000;

struct Date {
  double year = 1970;
  int month = 1;  ///< from 1
  int day = 1;
};

Date date_of(double millis);
/// Midnight. Months and days beyond their range count on, as in JavaScript.
double millis_of(double year, double month, double day);
/// 1 (Monday) to 7.
int weekday_of(double millis);

/// The component of a picture: Y M D d F W w X x H h P m s f.
double component_of(double millis, char component);

}  // namespace orch::jsonata
