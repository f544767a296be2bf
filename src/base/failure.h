// An error on its way to a person. Rooms below return small error values of their own; the command that knows what the
// person asked for turns them into one of these, once, and cli/ prints it.
#pragma once
#include <string>

namespace headroom {
/// What the process ends with; docs/cli.md explains each.
enum class ExitCode : int {
  done = 0,         // did what was asked
  fell_short = 1,   // the thing tested fell short: SLO missed, failures, not servable
  wrong_use = 2,    // bad flag, bad input
  refused = 3,      // the environment refused: port taken, no such file, no space
  interrupted = 130,
};

/// Printed as at most five lines: what, where, what to do. Holds no C++ type name.
struct Failure {
  ExitCode code = ExitCode::wrong_use;
  std::string what;    // "pickle ends in the middle of a string"
  std::string where;   // file, byte offset, attribute path or line; may be empty
  std::string remedy;  // what to do about it; may be empty
};
}  // namespace headroom
