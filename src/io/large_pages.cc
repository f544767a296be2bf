#include "io/large_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace headroom::io {
namespace {
constexpr std::size_t kLargePage = std::size_t{2} << 20U;
constexpr std::size_t kLargeBlock = 2 * kLargePage;   // of smaller ones too little is whole pages
}  // namespace

void want_large_pages(std::span<std::byte> memory) noexcept {
  const auto start = (reinterpret_cast<std::uintptr_t>(memory.data()) + kLargePage - 1) / kLargePage * kLargePage;
  const auto end = (reinterpret_cast<std::uintptr_t>(memory.data()) + memory.size()) / kLargePage * kLargePage;
  if (start < end) static_cast<void>(::madvise(reinterpret_cast<void*>(start), end - start, MADV_HUGEPAGE));
}

void* take_memory(std::size_t size, std::size_t alignment) noexcept {
  if (size < kLargeBlock) {
    if (alignment <= alignof(std::max_align_t)) return std::malloc(std::max<std::size_t>(size, 1));
    return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  }
  const std::size_t boundary = std::max(alignment, kLargePage);
  if (size > PTRDIFF_MAX - boundary) return nullptr;
  void* memory = std::aligned_alloc(boundary, (size + boundary - 1) / boundary * boundary);
  if (memory != nullptr) want_large_pages({static_cast<std::byte*>(memory), size});
  return memory;
}

void give_back(void* memory) noexcept { std::free(memory); }
}  // namespace headroom::io
