// Whether what we print may be coloured.
#pragma once

namespace headroom::io {
/// The descriptor is a terminal, NO_COLOR is not set to anything (no-color.org), and TERM is not "dumb".
[[nodiscard]] bool wants_colour(int descriptor);
}  // namespace headroom::io
