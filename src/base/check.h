// CHECK: what only our own mistake can break. On in every build; no input may reach it.
#pragma once
#include <cstdio>
#include <cstdlib>

namespace headroom::detail {
[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "headroom: internal error: %s at %s:%d. Please report this.\n", condition, file, line);
  std::abort();
}
}  // namespace headroom::detail

#define CHECK(condition)                                                                        \
  (static_cast<bool>(condition) ? static_cast<void>(0)                                          \
                                : ::headroom::detail::check_failed(#condition, __FILE__, __LINE__))
