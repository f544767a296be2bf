#pragma once
#include <string>

namespace headroom::run {
/// Trouble with a run file, in words for people, without the file's name: "disk full", "not a Headroom run file (no table meta)".
struct RunError {
  std::string message;
  int system_error = 0;  // errno, where it was the system that said no: no such file, no permission
};
}  // namespace headroom::run
