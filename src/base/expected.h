// The result of something that the world can make fail: a value or a small error. One place, so that std::expected can take over.
#pragma once
#include <tl/expected.hpp>

namespace headroom {
using tl::expected;
template <class E>
[[nodiscard]] constexpr auto unexpected(E&& error) {
  return tl::make_unexpected(std::forward<E>(error));
}
}  // namespace headroom

/// Declares `name` as the value of an expected-returning expression, or returns its error from the enclosing function.
/// The expression is evaluated once. Use only where the error types are the same.
#define HEADROOM_TRY(name, ...)                                                    \
  auto name##_or_error = (__VA_ARGS__);                                            \
  if (!name##_or_error) return ::headroom::unexpected(std::move(name##_or_error).error()); \
  auto&& name = *name##_or_error

/// The same for expressions without a value.
#define HEADROOM_TRY_VOID(...)                                                     \
  do {                                                                             \
    auto void_or_error = (__VA_ARGS__);                                            \
    if (!void_or_error) return ::headroom::unexpected(std::move(void_or_error).error()); \
  } while (false)
