// Counts what a program takes from the heap. A test that uses this gets a counting operator new for its whole program.
#pragma once
#include <cstdint>

namespace headroom::testing {
/// Calls of any operator new by the threads that have not called leave_me_out. C++ code and simdjson allocate in no other way.
[[nodiscard]] std::uint64_t allocations() noexcept;

/// The calling thread's allocations are not counted from now on: those of a test's own client.
void leave_me_out() noexcept;
}  // namespace headroom::testing
