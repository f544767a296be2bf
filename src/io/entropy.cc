#include "io/entropy.h"

#include <sys/random.h>

#include "base/check.h"

namespace headroom::io {
std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  CHECK(::getrandom(&seed, sizeof(seed), 0) == sizeof(seed));  // cannot fail for so few bytes once the machine is up
  return seed;
}
}  // namespace headroom::io
