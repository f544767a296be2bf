// Is somebody looking?
#pragma once

#include <unistd.h>

namespace headroom::io {
/// True for a descriptor (1 = stdout, 2 = stderr) that is a terminal.
[[nodiscard]] inline bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }
}  // namespace headroom::io
