#include "io/colour.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace headroom::io {
bool wants_colour(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && !(no_color && *no_color) && !(term && std::string_view(term) == "dumb");
}
}  // namespace headroom::io
